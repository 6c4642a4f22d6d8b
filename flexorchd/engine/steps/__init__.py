"""What is done with a document, step by step; `engine.process` joins them."""
