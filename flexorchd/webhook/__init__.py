"""The webhook receiver: the service tells that a job is done, and the next poll comes sooner.

A delivery only ever wakes the poll. A lost or forged one can cost time, never truth.
"""
