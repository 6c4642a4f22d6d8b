"""Whether a configuration, this machine and the service are fit, each finding with its remedy."""
