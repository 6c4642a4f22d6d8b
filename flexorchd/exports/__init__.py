"""Exports: which run is due, and one dataset into one published folder.

`stage` finds what is due; `run` takes one run a step further; `assemble` makes rows out of delivered results
where the service cannot build one dataset of many jobs; `publish` makes the folder appear whole.
"""
