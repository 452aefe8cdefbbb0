"""Turns the board into a static site; `pages/` has one module for each kind of page."""

from mmeval.sitegen.env import Language, Nav
from mmeval.sitegen.site import File, Job, Page, Site

__all__ = ["File", "Job", "Language", "Nav", "Page", "Site"]
