"""Each operation of the API, once: what is sent, and how the answer is read. Free of I/O."""
