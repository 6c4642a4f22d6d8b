"""Commands ask, the daemon acts: what each request does, and the stage that takes them in turn."""
