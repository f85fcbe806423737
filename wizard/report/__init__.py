"""One file for who helps: what a cluster tells of an installation, without its secrets."""

from wizard.report.archive import archive, default_name, refuse_taken, save
from wizard.report.gather import Report, report

__all__ = ["Report", "archive", "default_name", "refuse_taken", "report", "save"]
