"""The file system as it is: links that change, mounts that fall silent, disks that fill."""
