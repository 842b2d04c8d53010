"""Engines' journals, read beside the engine that writes them. Knows no rule."""

from collections.abc import Iterator
from pathlib import Path
from types import GenericAlias

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.journal.file import whole_lines
from evcharging.adapters.store.journal.journal import JournalLine
from evcharging.common.utils import from_json, json_decoder
from evcharging.domain.record import Record


def read_journal(path: Path, *kinds: type[Record]) -> Iterator[Record]:
    """The records of these kinds that a journal holds, in order. Raises StoreUnavailable."""
    decoders = {kind.__name__: json_decoder(GenericAlias(list, (kind,))) for kind in kinds}
    for number, body in whole_lines(path):
        try:
            for kind, run in from_json(JournalLine, body).records:
                if kind in decoders:
                    yield from decoders[kind](bytes(run))
        except ValueError as error:
            raise StoreUnavailable(f"The journal {path} cannot be read in line {number} ({error})") from error
