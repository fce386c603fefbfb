"""What several tests share: programs, sample entries, the policing client."""
