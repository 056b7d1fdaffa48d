"""An Airflow DAG: audit, what changed since the audit that was signed off, policy, history.

For Airflow 3 with its standard provider. Set the Airflow variables ``assay_corpus``,
``assay_audits`` and ``assay_policy``, and have ``corpus-assay`` on the PATH of the workers. Each
run writes a folder named after its data interval, so a task that is tried again, or a run that is
cleared, makes the same folder anew.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

AUDITS = "{{ var.value.assay_audits }}"
AUDIT = f"{AUDITS}/{{{{ ts_nodash }}}}"
BASELINE = f"{AUDITS}/signed-off"
"""A link to the audit that people signed off; without it nothing is compared."""

with DAG(
    dag_id="corpus_audit",
    description="Who is represented in the training corpus, every night",
    schedule="30 2 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 1, "retry_delay": timedelta(minutes=10)},
    tags=["corpus-assay"],
) as dag:
    # --overwrite: what an earlier try of this run has written. Exit codes 2 and 3 fail the task.
    audit = BashOperator(
        task_id="audit",
        bash_command=(
            f"corpus-assay audit '{{{{ var.value.assay_corpus }}}}' --output '{AUDIT}' "
            "--overwrite --quiet"
        ),
        execution_timeout=timedelta(hours=12),
    )
    drift = BashOperator(
        task_id="drift",
        bash_command=(
            f"test -e '{BASELINE}/audit.json' || exit 99; "
            f"corpus-assay compare '{BASELINE}' '{AUDIT}' "
            f"--output '{AUDITS}/drift/{{{{ ts_nodash }}}}' --overwrite"
        ),
        skip_on_exit_code=99,
    )
    # A corpus that fails its policy fails again: no retries.
    policy = BashOperator(
        task_id="policy",
        bash_command=(
            f"baseline='{BASELINE}'; test -e \"$baseline/audit.json\" || baseline=; "
            f"corpus-assay check '{AUDIT}' --policy '{{{{ var.value.assay_policy }}}}' "
            '${baseline:+--baseline "$baseline"}'
        ),
        retries=0,
    )
    history = BashOperator(
        task_id="history",
        bash_command=(f"corpus-assay history '{AUDITS}' --output '{AUDITS}/history' --overwrite"),
    )
    audit >> [drift, policy, history]
