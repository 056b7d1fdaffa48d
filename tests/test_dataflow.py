"""Audits on Dataflow: what is refused, the job that is sent, and that a bare worker can run it.

No account is needed: the job's description goes to a local file, everything that belongs to it to
an emulator of Cloud Storage, and the pipeline that was sent is then run by Beam's own runner, in a
process that has the wheel and no checkout.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from apache_beam.options.pipeline_options import DebugOptions, GoogleCloudOptions, PipelineOptions
from audit_runs import manifest, rows, table_files, write_jsonl
from object_stores import Bucket, cloud_storage
from packaging.requirements import Requirement

from corpus_assay.pipelines import cli, dataflow, engine, flex_template, passes, run, storage, work
from corpus_assay.pipelines.sources import InputFile, ReadOptions, plan
from corpus_assay.pipelines.units import WorkUnit
from corpus_assay.transforms.registry import BY_DEFAULT, MEASURES

pytest.importorskip(
    "google.cloud.dataflow_v1beta3", reason="needs pip install 'corpus-assay[test-clouds]'"
)

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "pipelines" / "deploy" / "dataflow"
IMAGE = "us-docker.pkg.dev/a-project/images/corpus-assay:0.1.0"
CLOUD = (
    "--project=a-project",
    "--region=us-central1",
    "--temp_location=gs://a-bucket/temp",
    f"--sdk_container_image={IMAGE}",
)
TEXTS = [
    ("the woman and her mother met a man", "eng", "web"),
    ("die Frau und der Mann gehen", "deu", "news"),
    ("girls, boys and people; the brother", "eng", "news"),
    ("", "eng", "web"),
]


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with cloud_storage(monkeypatch) as bucket:
        yield bucket


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two files of some documents, and a record that is rejected."""
    for number in range(2):
        documents = [
            {"text": f"{text} {i % 7 * 'sister '}", "language": language, "source": source}
            for i, (text, language, source) in enumerate(TEXTS * 20)
        ]
        write_jsonl(tmp_path / "corpus" / f"part-{number}.jsonl", documents)
    with open(tmp_path / "corpus" / "part-1.jsonl", "ab") as file:
        file.write(b'{"text": "cut')
    return tmp_path / "corpus"


def on_dataflow(
    bucket: Bucket, source: str, output: str, *more: str, measures: str = "gender,signatures"
) -> list[str]:
    """An audit as one job, nothing of which leaves this machine."""
    return [
        "audit", source, "--output", output, "--measures", measures, "--quiet",
        "--runner", "dataflow", "--region=us-central1", f"--temp_location={bucket.url}/temp",
        f"--sdk_container_image={IMAGE}", *bucket.options, *more,
    ]  # fmt: skip


# What is refused ----------------------------------------------------------------------------------


IN_OUT = ("gs://b-1/x", "--output", "gs://b-1/o")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (IN_OUT, ["--project", "--region", "--temp_location"]),
        ((*IN_OUT, *CLOUD[1:]), ["needs --project,"]),
        (
            (*IN_OUT, *CLOUD[:2], "--temp_location=/tmp/x", CLOUD[3]),
            ["--temp_location is '/tmp/x'", "gs://BUCKET/FOLDER"],
        ),
        ((*IN_OUT, *CLOUD[:3]), ["--sdk_container_image", "README"]),
        ((*IN_OUT, *CLOUD[:3], "--sdk_container_image=a/b"), ["a/b names no version"]),
        ((*IN_OUT, *CLOUD[:3], "--sdk_container_image=a/b:latest"), ["other than latest"]),
        (("data", *IN_OUT[1:], *CLOUD), ["data is on this machine", "gcloud storage"]),
        ((IN_OUT[0], "--output", "out", *CLOUD), ["--output out is on this machine"]),
        ((*IN_OUT, "--rules", "rules", *CLOUD), ["--rules rules", "absolute path"]),
        (
            (*IN_OUT, "--no-wait", *CLOUD),
            ["duplicates", "triggers", "further jobs", "--measures gender,"],
        ),
        ((*IN_OUT, "--no-wait", "--runner", "direct"), ["are for --runner dataflow"]),
        ((*IN_OUT, "--worker_machine=n2", *CLOUD), ["unknown option --worker_machine"]),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_sent(
    arguments: tuple[str, ...], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    runner = [] if "--runner" in arguments else ["--runner", "dataflow"]
    assert cli.main(["audit", *arguments, *runner]) == cli.USED_WRONGLY
    said = capsys.readouterr().err
    assert "Traceback" not in said
    for word in words:
        assert word in said


def test_the_packages_that_are_missing_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dataflow, "_installed", lambda: False)
    arguments = ["audit", "gs://b-1/x", "--output", "gs://b-1/o", "--runner", "dataflow", *CLOUD]
    assert cli.main(arguments) == cli.USED_WRONGLY
    assert "pip install 'apache-beam[gcp]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        "--worker_machine_type=n2-highmem-4",
        "--max_num_workers=20",
        "--experiments=a",
        "--dataflow_service_options=enable_prime",
        "--no_use_public_ips",
        "--subnetwork=regions/x/subnetworks/y",
    ],
)
def test_options_of_dataflow_are_known(option: str) -> None:
    assert engine.beam_options("dataflow", [*CLOUD, option])


# The job that is sent -----------------------------------------------------------------------------


def test_a_job_that_nobody_waits_for_is_run_by_a_worker_that_has_only_the_wheel(
    bucket: Bucket, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = bucket.put(corpus, "corpus")
    output = f"{bucket.url}/audits/one"
    template = tmp_path / "job.json"
    options = ("--worker_machine_type=n2-highmem-2", "--max_num_workers=7", "--job_name=nightly")
    options = (*options, f"--template_location={template}")
    # One measure, since the worker compiles its kernels.
    arguments = on_dataflow(bucket, source, output, *options, measures="gender")
    assert cli.main(arguments) == cli.DONE
    assert str(template) in capsys.readouterr().out
    assert not storage.exists(f"{output}/audit.json")

    job = json.loads(template.read_text())
    assert (job["name"], job["type"]) == ("nightly", "JOB_TYPE_BATCH")
    pool = job["environment"]["workerPools"][0]
    assert pool["workerHarnessContainerImage"] == IMAGE
    assert [image["containerImage"] for image in pool["sdkHarnessContainerImages"]] == [IMAGE]
    assert pool["numThreadsPerWorker"] == 1
    assert pool["machineType"] == "n2-highmem-2"
    assert pool["autoscalingSettings"]["maxNumWorkers"] == 7
    assert not pool.get("packages"), "workers get everything from their image"
    sent = job["environment"]["sdkPipelineOptions"]["options"]
    assert (sent["project"], sent["region"]) == ("project-of-tests", "us-central1")

    assert steps(storage.read(sent["pipelineUrl"])) >= {
        "Work units", "Audit", "Merge partial tables", "Fold small sources", "Write", "Finish"
    }  # fmt: skip
    run_on_bare_worker(sent["pipelineUrl"], bucket, tmp_path)

    found = bucket.get(output, tmp_path / "found")
    expected = tmp_path / "expected"
    local = ["audit", str(corpus), "--output", str(expected), "--measures", "gender"]
    assert cli.main([*local, "--quiet"]) == cli.DONE
    tables = table_files(expected)
    # Modification times are those of copies.
    assert {name: tables[name] for name in tables if name != "tables/files.parquet"} == {
        name: content
        for name, content in table_files(found).items()
        if name != "tables/files.parquet"
    }
    counts = ("path", "read", "audited", "rejected", "repaired")
    assert rows(found, "files", *counts) == rows(expected, "files", *counts)
    assert [row[1:4] for row in rows(found, "files", *counts)] == [(80, 80, 0), (81, 80, 1)]
    assert manifest(found)["counts"] == manifest(expected)["counts"]
    assert manifest(found)["command"].startswith("corpus-assay audit gs://")
    assert (found / "report.html").stat().st_size > 10_000
    assert not [name for name in bucket.names(output) if dataflow.STAGING in name], "tidied up"


def steps(pipeline: bytes | None) -> set[str]:
    """Names of the outermost transforms of a pipeline that was sent."""
    from apache_beam.portability.api import beam_runner_api_pb2  # noqa: PLC0415

    assert pipeline is not None
    transforms = beam_runner_api_pb2.Pipeline.FromString(pipeline).components.transforms
    return {transform.unique_name for transform in transforms.values()}


WORKER = """
import sys
from pathlib import Path
from apache_beam.internal.gcp import auth
from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability import python_urns
from apache_beam.portability.api import beam_runner_api_pb2
from apache_beam.runners.portability.fn_api_runner import fn_runner

url, site, *options = sys.argv[1:]
auth._Credentials._credentials_init = True  # there are none
FileSystems.set_options(PipelineOptions(options))
with FileSystems.open(url) as file:
    pipeline = beam_runner_api_pb2.Pipeline.FromString(file.read())
assert "corpus_assay.pipelines" not in sys.modules
for environment in pipeline.components.environments.values():
    environment.urn, environment.payload = python_urns.EMBEDDED_PYTHON, b""
runner = fn_runner.FnApiRunner()
runner.run_via_runner_api(pipeline, PipelineOptions(options)).wait_until_finish()
loaded = [m.__file__ for name, m in sys.modules.items() if name.startswith("corpus_assay.")]
outside = [path for path in loaded if path and not path.startswith(site)]
assert loaded and not outside, outside
"""


def run_on_bare_worker(url: str, bucket: Bucket, folder: Path) -> None:
    """Run a pipeline that was sent where the project is there as its wheel alone."""
    site = folder / "site"
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "install", "--no-deps", "--target", site, wheel(folder)], check=True, timeout=120
    )
    environment = os.environ | bucket.environment | {"PYTHONPATH": str(site)}
    environment.pop("NUMBA_CACHE_DIR", None)
    done = subprocess.run(
        [sys.executable, "-c", WORKER, url, str(site), *bucket.options],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def wheel(folder: Path) -> Path:
    """The project's wheel, built from a copy, since a build leaves files where it runs."""
    copy = folder / "source"
    left_out = shutil.ignore_patterns("__pycache__", "deploy", "*.egg-info")
    for name in ("pipelines", "transforms", "lexicons", "reports"):
        shutil.copytree(ROOT / name, copy / name, ignore=left_out)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    made = folder / "wheel"
    command = [*pip, "wheel", "--no-deps", "--wheel-dir", made, copy]
    subprocess.run(command, check=True, timeout=900)
    return next(made.glob("*.whl"))


def test_the_last_step_may_be_tried_again(
    bucket: Bucket, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails at each file that it publishes, then is tried again; then once more."""
    source, output = bucket.put(corpus, "corpus"), f"{bucket.url}/audits/one"
    finished: list[dataflow.Finish] = []
    kept = dataflow.Finish.process

    def keep(self: dataflow.Finish, _: None, written: Any) -> Iterator[str]:
        finished.append(self)
        paths.extend(written)
        yield from ()

    paths: list[str] = []
    monkeypatch.setattr(dataflow.Finish, "process", keep)
    monkeypatch.setattr(engine, "_runner", lambda name, options: local_runner(options))
    monkeypatch.setattr(dataflow, "console", lambda options, result: "here")
    assert cli.main([*on_dataflow(bucket, source, output), "--no-wait"]) == cli.DONE
    monkeypatch.setattr(dataflow.Finish, "process", kept)
    assert len(finished) == 1

    upload, failures = storage.upload, 0
    for allowed in (0, 1, 5):
        left = [allowed]

        def fail(path: Path, url: str, left: list[int] = left) -> None:
            if not left[0]:
                raise OSError("the worker is gone")
            left[0] -= 1
            upload(path, url)

        monkeypatch.setattr(storage, "upload", fail)
        with pytest.raises(OSError, match="the worker is gone"):
            list(finished[0].process(None, paths))
        failures += 1
        assert not storage.exists(f"{output}/audit.json")
    assert failures == 3
    monkeypatch.setattr(storage, "upload", upload)
    assert list(finished[0].process(None, paths)) == [output]
    first = bucket.get(output, tmp_path / "first")
    assert manifest(first)["counts"]["audited"] == 160
    assert not [name for name in bucket.names(output) if name.startswith(dataflow.STAGING)]
    assert list(finished[0].process(None, paths)) == [output], "a retry after success"
    again = bucket.get(output, tmp_path / "again")
    assert table_files(again) == table_files(first)
    assert manifest(again) == manifest(first)


def local_runner(options: PipelineOptions) -> Any:
    from apache_beam.runners.portability.fn_api_runner import fn_runner  # noqa: PLC0415

    return fn_runner.FnApiRunner()


def test_an_audit_that_is_there_stays_until_the_new_one_is(
    bucket: Bucket, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, output = bucket.put(corpus, "corpus"), f"{bucket.url}/audits/one"
    bucket.write("audits/one/audit.json", b"{}")
    arguments = on_dataflow(bucket, source, output, f"--template_location={tmp_path / 'job.json'}")
    assert cli.main(arguments) == cli.USED_WRONGLY
    assert "give --overwrite" in capsys.readouterr().err
    assert cli.main([*arguments, "--overwrite"]) == cli.DONE
    assert storage.read(f"{output}/audit.json") == b"{}"


# Many work units ----------------------------------------------------------------------------------


def test_many_work_units_do_not_stand_in_the_job(
    bucket: Bucket, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [
        InputFile(n, f"gs://b/{n}.parquet", f"{n}.parquet", 10**9, "2026-01-01", "parquet", "s")
        for n in range(300)
    ]
    units = [WorkUnit(n, spans) for n, spans in enumerate(plan(files, ReadOptions()))]
    assert len(units) == 2400
    assert work.unpacked_units(work.packed_units(units)) == units
    assert work.unpacked_files(work.packed_files(files)) == files

    source = bucket.put(corpus, "corpus")
    expected = tmp_path / "expected"
    common = ["--measures", "gender", "--quiet"]
    assert cli.main(["audit", source, "--output", str(expected), *common]) == cli.DONE
    monkeypatch.setattr(work, "INLINE_UNITS", 1)
    monkeypatch.setattr(run, "LOCAL_SPAN", 1000)
    output = f"{bucket.url}/audits/many"
    assert cli.main(["audit", source, "--output", output, *common]) == cli.DONE
    found = bucket.get(output, tmp_path / "found")
    assert table_files(found) == table_files(expected)
    assert set(bucket.names(output)) == {
        "audit.json", "report.html", *table_files(expected)
    }  # fmt: skip


# Several jobs -------------------------------------------------------------------------------------


def test_each_job_of_an_audit_has_a_name_of_its_own() -> None:
    options = engine.beam_options("dataflow", [*CLOUD, "--job_name=nightly"])
    names = []
    for number, label in enumerate(("", "second look", "duplicates: candidates"), 1):
        own = dataflow.pass_options(options, number, label)
        names.append(own.view_as(GoogleCloudOptions).job_name)
        assert own.view_as(DebugOptions).number_of_worker_harness_threads == 1
    assert names == ["nightly", "nightly-2-second-look", "nightly-3-duplicates-candidates"]
    assert options.view_as(GoogleCloudOptions).job_name == "nightly"
    for given in (None, "a" * 80):
        name = dataflow.job_name(given, 12, "duplicates-candidates")
        assert re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", name)
    asked = engine.beam_options("dataflow", [*CLOUD, "--number_of_worker_harness_threads=3"])
    threads = dataflow.pass_options(asked, 1, "").view_as(DebugOptions)
    assert threads.number_of_worker_harness_threads == 3


def test_which_measures_one_job_can_make() -> None:
    assert {"duplicates", "triggers"} <= set(passes.further(BY_DEFAULT))
    assert passes.further(["corpus", "gender", "pronouns", "demographics", "signatures"]) == []
    for name, measure in MEASURES.items():
        assert bool(measure.second) <= (name in passes.further([name]))


# The Flex Template --------------------------------------------------------------------------------


def parameters() -> dict[str, dict[str, Any]]:
    found = json.loads((DEPLOY / "metadata.json").read_text(encoding="utf-8"))["parameters"]
    return {parameter["name"]: parameter for parameter in found}


def test_parameters_of_the_template_are_options() -> None:
    known = flex_template.options()
    beam_known = PipelineOptions([]).get_all_options()
    for name, parameter in parameters().items():
        assert name == "input" or name in known or name in beam_known, name
        assert len(parameter["helpText"]) > 20
        assert parameter["label"]
        for pattern in parameter.get("regexes", []):
            re.compile(pattern)
    assert [n for n, p in parameters().items() if not p.get("isOptional")] == [
        "input", "output", "measures"
    ]  # fmt: skip


def accepts(name: str, value: str) -> bool:
    return all(re.search(pattern, value) for pattern in parameters()[name]["regexes"])


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("input", ["gs://b/x", "gs://b/x/**.parquet,gs://b/y"], ["s3://b/x", "b/x", "gs://b/x,y"]),
        ("output", ["gs://bucket/audits/one"], ["gs://bucket", "/tmp/x"]),
        ("measures", ["gender", "gender,signatures"], ["duplicates", "gender,", "triggers,gender"]),
        ("max_document_mb", ["1", "64", "512"], ["0", "513", "1000", "x"]),
        ("language", ["eng", "de", "zh-Hant", "eng_Latn"], ["english language", ""]),
        ("language_threshold", ["0.5", "1", "0"], ["2", "1.5", "x"]),
        ("no_excerpts", ["true", "false"], ["yes"]),
        ("sdk_container_image", [IMAGE, f"a/b@sha256:{'0' * 64}"], ["a/b", "b:1", "a/b:"]),
    ],
)
def test_values_of_parameters(name: str, good: list[str], bad: list[str]) -> None:
    assert [value for value in good if not accepts(name, value)] == []
    assert [value for value in bad if accepts(name, value)] == []


def test_choices_of_parameters_are_those_of_the_command() -> None:
    """Every choice of an option is accepted, and the default is the command's."""
    audit = cli.parser().parse_args(["audit", "x"]).parser
    for action in audit._actions:
        name = action.dest
        if name not in parameters() or name == "input":
            continue
        assert [c for c in action.choices or () if not accepts(name, c)] == []
        if "defaultValue" in parameters()[name]:
            default = str(action.default).lower() if action.nargs == 0 else str(action.default)
            assert parameters()[name]["defaultValue"] == default, name
    for measure in ("gender", "pronouns", "demographics", "signatures"):
        assert accepts("measures", measure)
        assert passes.further([measure]) == []


def test_the_launcher_of_the_template_sends_the_job(
    bucket: Bucket, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, template = bucket.put(corpus, "corpus"), tmp_path / "job.json"
    launcher = [
        f"--input={source}/part-0.jsonl,{source}/part-1.jsonl", "--measures=gender",
        f"--output={bucket.url}/audits/flex", "--language_column=language", "--no_excerpts=true",
        "--overwrite=false", "--source=", "--runner=DataflowRunner", "--project=a-project",
        "--region=us-central1", f"--temp_location={bucket.url}/temp", "--job_name=flex",
        f"--template_location={template}", "--no_auth",
    ]  # fmt: skip
    words = flex_template.command_line(launcher, {flex_template.IMAGE: IMAGE})
    assert words[:3] == ["audit", f"{source}/part-0.jsonl", f"{source}/part-1.jsonl"]
    assert "--no-excerpts" in words
    assert "--overwrite" not in words
    assert f"--sdk_container_image={IMAGE}" in words
    monkeypatch.setattr(sys, "argv", ["template.py", *launcher])
    monkeypatch.setenv(flex_template.IMAGE, IMAGE)
    assert flex_template.main() == cli.DONE
    job = json.loads(template.read_text())
    assert job["name"] == "flex"
    assert job["environment"]["workerPools"][0]["workerHarnessContainerImage"] == IMAGE
    shim = (DEPLOY / "template.py").read_text(encoding="utf-8")
    assert "corpus_assay.pipelines.flex_template" in shim


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--output=gs://b/o"], "parameter input is needed"),
        (["--input=gs://b/x", "--overwrite=yes"], "overwrite is 'yes', it must be true or false"),
    ],
)
def test_wrong_parameters(
    arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["template.py", *arguments])
    assert flex_template.main() == cli.USED_WRONGLY
    assert words in capsys.readouterr().err


# The image ----------------------------------------------------------------------------------------


def test_the_lock_fits_the_project_and_the_image() -> None:
    lock = (DEPLOY / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(.*?)(?=^\S|\Z)", lock, re.M | re.S)
    pinned = {name.lower(): version for name, version, _ in entries}
    for name, _, rest in entries:
        assert "--hash=sha256:" in rest, name
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["gcp"]]
    for requirement in map(Requirement, wanted):
        version = pinned[requirement.name.lower()]
        assert requirement.specifier.contains(version), f"{requirement}: run lock.sh again"
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    assert f"apache/beam_python3.11_sdk:{pinned['apache-beam']}" in dockerfile
    assert "--require-hashes" in dockerfile
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, re.M)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
