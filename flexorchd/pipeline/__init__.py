"""A file's road, one stage a module. In reading order.

`settle` · `fingerprint` · `upload` · `poll` · `deliver` · `after`; beside it `account_watch`, which keeps an
eye on the account. Stages hand work to each other only through the ledger.
"""
