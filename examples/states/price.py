"""The function that task.json calls."""

DISCOUNTS = {"WINTER": 25, "FRIEND": 10}


class UnknownCode(Exception):
    pass


def handler(event, context):
    if event["code"] not in DISCOUNTS:
        raise UnknownCode("there is no discount for " + event["code"])
    return {"total": event["amount"] * (100 - DISCOUNTS[event["code"]]) // 100}
