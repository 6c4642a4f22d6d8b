"""What people are told at a glance: status, a file's story, the plan, the figures of all pages."""
