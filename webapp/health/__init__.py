"""How the installation is: for machines that watch it, and for a person with a command line."""
