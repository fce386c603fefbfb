"""The coding frame: themes and sub-themes that go on growing after extraction, as a layer over what was signed off."""
