"""Placeholder replaced by the console's build."""
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

class ConsoleBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        pass
