"""Lets people do the work: the web application and the command line."""
