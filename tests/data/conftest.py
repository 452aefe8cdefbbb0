from tests.data.hubs import hub

__all__ = ["hub"]
