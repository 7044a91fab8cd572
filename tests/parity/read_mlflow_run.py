"""Prints what MLflow's own client reads of a run, as JSON.

Usage: python tests/parity/read_mlflow_run.py <tracking uri> <run id>
"""

import json
import math
import pathlib
import sys
import tempfile

from mlflow.tracking import MlflowClient


def number(value):
    return value if math.isfinite(value) else repr(value)


def main(uri, run_id):
    client = MlflowClient(uri)
    run = client.get_run(run_id)
    history = {
        name: sorted([metric.step, number(metric.value)] for metric in client.get_metric_history(run_id, name))
        for name in run.data.metrics
    }
    with tempfile.TemporaryDirectory() as folder:
        client.download_artifacts(run_id, "", folder)
        root = pathlib.Path(folder)
        artifacts = {str(path.relative_to(root)): path.stat().st_size for path in root.rglob("*") if path.is_file()}
    read = {
        "experiment": client.get_experiment(run.info.experiment_id).name,
        "name": run.info.run_name,
        "status": run.info.status,
        "params": run.data.params,
        "tags": run.data.tags,
        "metrics": history,
        "artifacts": artifacts,
    }
    print(json.dumps(read))


if __name__ == "__main__":
    main(*sys.argv[1:])
