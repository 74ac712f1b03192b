# A client that asks for its report without running a case; what hangs on time, port and chance is levelled.
folder=$(mktemp -d)
: > "$folder/checked.log"
wsinspect check --listen 127.0.0.1:0 --oneshot --seed 1 "$@" > "$folder/checked.log" &
server=$!
while ! grep -q url "$folder/checked.log"; do sleep 0.05; done
url=$(sed -E 's/.*"url":"([^"]*)".*/\1/' "$folder/checked.log" | head -1)
wsinspect connect "${url}updateReports?agent=idle" --no-stdin
wait $server
exit=$?
sed -E -e 1d -e 's/"(duration|startedAt|time)":[0-9.e+-]+/"\1":0.25/g' "$folder/checked.log"
rm -r "$folder"
exit $exit
