"""Executions started by time, and by hand."""
import time

SCHEDULE_BODIES = {
    "createSchedule": {"name": "spare", "stateMachine": "pass", "expression": "cron(0 9 ? * MON-FRI *)",
                       "timezone": "Europe/Amsterdam", "input": {"at": "<aws.scheduler.scheduled-time>"},
                       "startDate": "2026-01-01T00:00:00Z", "endDate": "2190-01-01T00:00:00Z", "missed": "all",
                       "paused": False, "description": "d", "labels": {"team": "ml"}},
    "patchSchedule": {"expression": "rate(5 minutes)", "timezone": "UTC", "input": {}, "startDate": None,
                      "endDate": None, "missed": "skip", "paused": True, "description": None, "labels": {}},
    "backfillSchedule": {"from": "2026-11-02T00:00:00Z", "to": "2026-11-03T12:00:00Z", "dryRun": True},
    "pauseSchedule": {},
    "resumeSchedule": {},
    "triggerSchedule": {"input": {"n": 1}},
}


class Schedules:
    """Of a Run: what `self.call` and `self.unchanged` are."""

    def schedules(self):
        body = {**SCHEDULE_BODIES["createSchedule"], "name": "daily"}
        daily = {"schedule": "daily"}
        made = self.call("createSchedule", body=body, status=201)
        assert self.contract.send("GET", made.headers["Location"].removeprefix("/api/v1")).json == made.json
        self.call("createSchedule", body=body, status=409)
        self.call("createSchedule", body={**body, "name": "other", "expression": "cron(0 9 * * ?)"}, status=400)
        self.call("createSchedule", body={"name": "once", "stateMachine": "pass:prod", "expression": "at(2190-01-01T00:00:00)"},
                  status=201)
        self.unchanged("getSchedule", daily)
        page = self.call("listSchedules", query={"pageSize": 1}, status=200)
        assert [each["name"] for each in page.json["items"]] == ["daily"] and 'rel="next"' in page.headers["Link"], page
        assert len(self.call("listSchedules", query={"stateMachine": "pass"}, status=200).json["items"]) == 2
        following = self.call("listNextFires", daily, {"count": 3, "timezone": "America/New_York"}, status=200).json
        assert len(following["items"]) == 3 and following["items"][0]["local"][11:16] in ("02:00", "03:00", "04:00", "05:00")
        self.started_by_hand(daily)
        self.past_times(daily)
        self.changes(daily)
        self.fired()

    def started_by_hand(self, daily):
        started = self.call("triggerSchedule", daily, body=SCHEDULE_BODIES["triggerSchedule"], status=202)
        assert started.headers["Location"] == "/api/v1/executions/" + started.json["execution"], started.headers
        execution = self.poll_until_ended(started.json["execution"])
        assert (execution["input"], execution["labels"]) == ({"n": 1}, {"schedule": "daily", "team": "ml"}), execution

    def past_times(self, daily):
        body = SCHEDULE_BODIES["backfillSchedule"]
        planned = self.call("backfillSchedule", daily, body=body, status=200).json
        assert [each["outcome"] for each in planned["items"]] == ["PLANNED"] * 2, planned
        for outcome in ("STARTED", "ALREADY_STARTED"):
            done = self.call("backfillSchedule", daily, body={**body, "dryRun": False}, status=200).json
            assert [(each["at"], each["outcome"]) for each in done["items"]] == [
                ("2026-11-02T08:00:00.000Z", outcome), ("2026-11-03T08:00:00.000Z", outcome)], done
            for each in done["items"]:
                assert self.poll_until_ended(each["execution"])["input"] == {"at": each["at"].replace(".000", "")}
        self.call("backfillSchedule", daily, body={**body, "to": "2180-01-01T00:00:00Z"}, status=400)

    def changes(self, daily):
        other = {"If-Match": '"nope"'}
        tag = self.call("getSchedule", daily, status=200).headers["ETag"]
        self.call("patchSchedule", daily, body=SCHEDULE_BODIES["patchSchedule"], headers=other, status=412)
        changed = self.call("patchSchedule", daily, body=SCHEDULE_BODIES["patchSchedule"], headers={"If-Match": tag},
                            status=200).json
        assert changed["status"] == "PAUSED" and "endDate" not in changed and "description" not in changed, changed
        for operation_id, status in (("pauseSchedule", "PAUSED"), ("resumeSchedule", "ACTIVE")):
            self.call(operation_id, daily, headers=other, status=412)
            assert self.call(operation_id, daily, status=200).json["status"] == status
        self.call("deleteSchedule", daily, headers=other, status=412)
        self.call("deleteSchedule", daily, status=204)

    def fired(self):
        """One that fires as it is made, of a machine that is gone."""
        for name, machine in (("now", "pass"), ("lost", "vanishing")):
            self.call("putStateMachine", {"stateMachine": "vanishing"}, body={"definition": {
                "StartAt": "P", "States": {"P": {"Type": "Pass", "End": True}}}})
            self.call("createSchedule", body={"name": name, "stateMachine": machine, "expression": "rate(1 day)",
                                              "paused": name == "lost"}, status=201)
        self.call("deleteStateMachine", {"stateMachine": "vanishing"}, status=204)
        self.call("patchSchedule", {"schedule": "lost"}, body={"expression": "rate(2 days)", "paused": False}, status=200)
        shown = {}
        while "lastError" not in shown.get("lost", {}) or "lastExecution" not in shown.get("now", {}):
            time.sleep(0.01)
            shown = {name: self.call("getSchedule", {"schedule": name}, status=200).json for name in ("now", "lost")}
        assert shown["lost"]["lastError"]["name"] == "StateMachineDoesNotExist", shown
        for name in ("now", "lost", "once"):
            self.call("deleteSchedule", {"schedule": name}, status=204)
