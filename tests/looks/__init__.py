"""Every page that the tests of pages meet, shown to axe: ``make looks``."""
