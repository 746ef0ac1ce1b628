TELLS = {
    "a holder": {"tickets:detail", "tickets:pdf", "tickets:calendar", "tickets:picture"},
    "a pupil": {"tickets:detail", "tickets:pdf", "tickets:calendar"},
    "a door volunteer": {"door:home"},
}
