"""A reading of every text that gathers something of bounded size, as a Beam pipeline."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows
from apache_beam.utils.windowed_value import WindowedValue

from corpus_assay.pipelines import storage
from corpus_assay.pipelines.gather import (
    Gathered,
    Reading,
    add_unit,
    make_room,
    piece,
    save,
    stored,
)
from corpus_assay.pipelines.units import WorkUnit


class _Gather(beam.DoFn):
    """Reads the work units of a bundle, several batches at once, writes what they come to in
    pieces, and gives the number and the folder of each: engines hold what is passed on, more than
    once."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._made: Gathered | None = None

    def setup(self) -> None:
        make_room()

    def start_bundle(self) -> None:
        self._made = None

    def process(self, unit: WorkUnit) -> None:
        if self._made is None:
            self._made = self._reading.empty()
        add_unit(self._made, unit, self._reading)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        made, self._made = self._made, None
        if made is None:
            return
        # A bundle that is tried again may hold other units.
        folder = storage.join(self._reading.path, f"bundle-{secrets.token_hex(8)}")
        for number in range(save(made, folder)):
            yield GlobalWindows.windowed_value((number, folder))


class _Merge(beam.DoFn):
    """Adds up one piece of all bundles, and writes it."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def process(self, keyed: tuple[int, Iterable[str]]) -> None:
        number, folders = keyed
        paths = [storage.join(folder, str(number)) for folder in folders]
        if len(paths) == 1:
            content = stored(paths[0])
        else:
            # Of arrays, pages that nothing is added to take no memory.
            made = self._reading.empty()
            for path in paths:
                made.absorb(stored(path))
            content = piece(made, number)
        storage.write(storage.join(self._reading.path, str(number)), content)


def build(pipeline: beam.Pipeline, *, units: Sequence[WorkUnit], reading: Reading) -> None:
    """Add a reading of work units to a pipeline."""
    _ = (
        pipeline
        | "Work units" >> beam.Create(list(units), reshuffle=True)
        | "Read" >> beam.ParDo(_Gather(reading))
        | "By piece" >> beam.GroupByKey()
        | "Merge" >> beam.ParDo(_Merge(reading))
    )
