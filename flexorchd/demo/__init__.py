"""The small documents of `flexorchd demo`; every name and number in them is made up."""
