"""What a manager watches: what waits for whom, how fast cases are signed off, and when that would be all of them."""
