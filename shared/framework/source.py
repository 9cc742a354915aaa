"""Reads the files of a pack: whole, or not at all, with every fault and its line."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from shared.framework.csv_file import CsvFile
from shared.framework.yaml_file import YamlFile

M = TypeVar("M", bound=BaseModel)


def read_yaml(path: Path, model: type[M]) -> M:
    """Return a YAML 1.2 file as the model reads it.

    Who finds faults of their own afterwards keeps the `YamlFile` instead, for its lines.

    Raises:
        FileRefused: with every fault: file, line, key, what was found and what is allowed.
    """
    return YamlFile.read(path).as_model(model)


def read_csv(path: Path, row_model: type[M]) -> list[M]:
    """Return a CSV file's rows as the model reads them, in the order of the file.

    Who finds faults of their own afterwards keeps the `CsvFile` instead, for its lines.

    Raises:
        FileRefused: with every fault: file, line, column, what was found and what is allowed.
    """
    return CsvFile.read(path).as_rows(row_model)
