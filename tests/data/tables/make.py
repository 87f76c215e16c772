"""Makes the small tables in this folder, which the tests of the formats read.

    python3 -m venv venv && venv/bin/pip install numpy pandas pyarrow polars && venv/bin/python make.py

Made with Python 3, numpy 2.4.6, pandas 3.1.1, pyarrow 26.0.1 and polars 2.1.0. Every file holds the same
five rows of three numbers: row r, number c is ((7 r + 3 c) mod 11) / 4 - 1.25, exact in every type. A file whose name
says "gaps" has no vector in row 1.
"""

import json
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq

WORDS = ["cat", "new york", "größe", 'say "hi", twice', "日本"]
KINDS = ["animal", "place", "size", "animal", "place"]
COUNTS = [12, 7, 3, 40, 5]
MATRIX = np.array([[((7 * r + 3 * c) % 11) / 4 - 1.25 for c in range(3)] for r in range(5)], dtype=np.float32)


def main():
    lists = MATRIX.tolist()
    gaps = [row if i != 1 else None for i, row in enumerate(lists)]
    frame = pd.DataFrame({"word": WORDS, "kind": KINDS, "count": COUNTS, "embedding": lists})
    wide = pd.DataFrame(MATRIX, columns=[f"d{c}" for c in range(3)])
    wide.insert(0, "count", COUNTS)
    wide.insert(0, "word", WORDS)

    table = pa.table(
        {
            "kind": pa.array(KINDS).dictionary_encode(),
            "word": pa.array(WORDS),
            "embedding": pa.array(gaps, pa.list_(pa.float32())),
            "small": pa.array([[float(x) for x in row[:2]] for row in lists], pa.list_(pa.float64(), 2)),
            "count": pa.array(COUNTS, pa.int64()),
        }
    )
    pq.write_table(table, "pyarrow-gaps.parquet", row_group_size=2, compression="zstd")
    halves = table.set_column(2, "embedding", pa.FixedSizeListArray.from_arrays(pa.array(MATRIX.astype(np.float16).ravel()), 3))
    feather.write_feather(halves, "pyarrow.feather", compression="lz4", chunksize=2)
    with pa.OSFile("pyarrow-gaps.arrows", "wb") as out:
        with pa.ipc.new_stream(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
            writer.write_table(table, max_chunksize=2)
    with pa.OSFile("pyarrow-plain-gaps.arrow", "wb") as out:
        with pa.ipc.new_file(out, table.schema) as writer:
            writer.write_table(table, max_chunksize=3)

    frame.to_parquet("pandas.parquet", compression="gzip")
    wide.to_parquet("pandas-wide.parquet", compression="snappy")
    polars = pl.DataFrame({"word": WORDS, "vector": pl.Series(lists, dtype=pl.Array(pl.Float32, 3)), "count": COUNTS})
    polars.write_parquet("polars.parquet", compression="lz4", statistics=False)
    polars.write_ipc("polars.arrow", compression="zstd")

    wide.to_csv("pandas.csv")
    wide.to_csv("pandas-semicolon.csv", sep=";", decimal=",", index=False)
    frame.to_csv("pandas-lists.csv", index=False)
    pl.from_pandas(wide).write_csv("polars.tsv", separator="\t")
    frame.assign(embedding=[str(np.array(row, dtype=np.float32)) for row in lists]).to_csv("numpy-lists.csv", sep="|", index=False)

    frame.to_json("pandas.jsonl", orient="records", lines=True, force_ascii=True)
    frame.to_json("pandas.json", orient="records", indent=1, force_ascii=False)
    pl.DataFrame({"id": COUNTS, "text": WORDS, "vector": lists}).write_ndjson("polars.ndjson")

    np.savez_compressed("numpy-packed.npz", words=np.array(WORDS), vectors=MATRIX.astype(np.float64), counts=COUNTS)
    np.savez("numpy.npz", matrix=np.asfortranarray(MATRIX), labels=np.array(WORDS), kinds=np.array([k.encode() for k in KINDS]))


if __name__ == "__main__":
    if sys.argv[1:] == ["--versions"]:
        print(json.dumps({m.__name__: m.__version__ for m in (np, pd, pl, pa)}))
    else:
        main()
