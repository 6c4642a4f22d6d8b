"""What goes wrong below a program, made to happen for real: disks, networks and names."""
