#!/usr/bin/env bash
# Measures the peer that is set up; prints one JSON object.
# usage: measure.sh PEER SECONDS WARM CHANGES
set -e
peer=$1 seconds=$2 warm=$3 changes=$4
web=10.96.0.10 moved=10.96.0.11 turned=10.96.0.12

client() {
    ip netns exec rb-n1-p1 "$STATE/load" "$1" $web 80 "$2" "$3"
}

# Everybody is warmed up alike; it is a JVM that needs it.
if [ "$warm" -gt 0 ]; then
    client short 32 "$warm" > /dev/null
    client kept 64 1 > /dev/null
fi
echo "{\"short\": $(client short 32 "$seconds"), \"kept\": $(client kept 64 "$seconds")"
echo ", \"first\": $(client short 1 "$seconds")"
case "$peer" in
    ringway)
        echo ", \"moved\": $("$HERE/change.py" replace $moved "$changes" "$WANTED/to-a" "$WANTED/to-b" \
            "$STATE/services1/moved.yaml")"
        echo ", \"whole\": $("$HERE/change.py" replace $turned 2 "$WANTED/whole.yaml" "$WANTED/whole-b.yaml" \
            "$STATE/services1/whole.yaml")" ;;
    *)
        echo ", \"moved\": $(ip netns exec rb-n1 "$HERE/change.py" run $moved "$changes" "$WANTED" \
            $(MODE=$peer "$HERE/peers/kernel.sh" command))" ;;
esac
echo "}"
