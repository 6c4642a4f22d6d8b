"""What the client hands out: frozen data. The verbs live on the resources.

Types, units and what may be `None` follow the Python reference. Whatever the service sends beyond
the reference stands in further fields, and all of it, as sent, in `raw`, with fractions as exact
`Decimal`. Times are aware and in UTC, scores run from 0.0 to 1.0, ids are opaque text.
"""

from flexorchd.client.models.datasets import (
    Dataset,
    DatasetProfile,
    DatasetStatus,
    Rows,
)
from flexorchd.client.models.processing import (
    Accepted,
    Details,
    Document,
    DocumentPage,
    Execution,
    Feedback,
    Job,
    JobPage,
    JobStatus,
    JobWaiter,
    Raw,
    Submission,
)
from flexorchd.client.models.workspace import (
    Connector,
    ConnectorTest,
    Delivery,
    QualityDay,
    RateLimits,
    Schedule,
    SyncLog,
    Usage,
    UsageDay,
    Webhook,
)

__all__ = [
    "Accepted",
    "Connector",
    "ConnectorTest",
    "Dataset",
    "DatasetProfile",
    "DatasetStatus",
    "Delivery",
    "Details",
    "Document",
    "DocumentPage",
    "Execution",
    "Feedback",
    "Job",
    "JobPage",
    "JobStatus",
    "JobWaiter",
    "QualityDay",
    "RateLimits",
    "Raw",
    "Rows",
    "Schedule",
    "Submission",
    "SyncLog",
    "Usage",
    "UsageDay",
    "Webhook",
]
