"""Signs of life: health, readiness, heartbeat, metrics and traces."""
