"""What this project adds to supervisord."""

from types import SimpleNamespace

import pytest
from supervisor import events, supervisord
from supervisor.options import ServerOptions
from supervisor.states import ProcessStates, SupervisorStates

from deploy.container.supervise import Supervisor


@pytest.fixture
def supervisor(tmp_path, monkeypatch) -> Supervisor:
    monkeypatch.setenv("RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("DEBUG", "True")
    return Supervisor(ServerOptions())


def event(kind: type[events.ProcessStateEvent], name: str) -> events.ProcessStateEvent:
    process = SimpleNamespace(config=SimpleNamespace(name=name), pid=1, backoff=1)
    return kind(process, ProcessStates.STARTING)


class TestRunforever:
    def test_starts_the_programs_before_it_waits_for_anything(self, supervisor, monkeypatch):
        steps = []
        monkeypatch.setattr(supervisord.Supervisor, "runforever", lambda self: steps.append("wait"))
        supervisor.process_groups["app"] = SimpleNamespace(transition=lambda: steps.append("start"))

        supervisor.runforever()

        assert steps == ["start", "wait"]


class TestEndAfterFailure:
    @pytest.mark.parametrize("name", ["web", "nginx", "broker"])
    def test_ends_when_a_program_is_given_up(self, supervisor, tmp_path, name):
        (tmp_path / "migrated").touch()

        supervisor.end_after_failure(event(events.ProcessStateFatalEvent, name))

        assert supervisor.failed_program == name
        assert supervisor.options.mood == SupervisorStates.SHUTDOWN

    @pytest.mark.parametrize(
        "kind", [events.ProcessStateBackoffEvent, events.ProcessStateExitedEvent]
    )
    def test_ends_when_web_has_not_migrated(self, supervisor, kind):
        supervisor.end_after_failure(event(kind, "web"))

        assert supervisor.failed_program == "web"
        assert supervisor.options.mood == SupervisorStates.SHUTDOWN

    @pytest.mark.parametrize(
        "kind", [events.ProcessStateBackoffEvent, events.ProcessStateExitedEvent]
    )
    def test_restarts_web_after_the_migration(self, supervisor, tmp_path, kind):
        (tmp_path / "migrated").touch()

        supervisor.end_after_failure(event(kind, "web"))

        assert supervisor.options.mood == SupervisorStates.RUNNING

    def test_restarts_the_worker_in_any_case(self, supervisor):
        supervisor.end_after_failure(event(events.ProcessStateBackoffEvent, "worker"))

        assert supervisor.options.mood == SupervisorStates.RUNNING
