"""How many requests may be in flight, and how fast they may start.

`throttle` admits requests: it hands out slots and waits for the `schedule` of starts. `control` learns as requests
end. It doubles the window (`ramp`) until a limit shows, then holds an allowed rate (`allowed`). It cuts that rate when
too many of the recent requests were rejected (`rejections`, from the memory in `starts`), takes quota headers into
account (`headers`), and learns how many rejections to expect at any rate (`belief`).
"""
