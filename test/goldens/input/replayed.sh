# The recorded server of one day, and the recorded client of the day before with it (and the options given): what the client tells, levelled.
folder=$(mktemp -d)
: > "$folder/server.log"
wsinspect serve 0 --replay input/today.ndjson > "$folder/server.log" 2> /dev/null &
server=$!
while ! grep -q ws: "$folder/server.log"; do sleep 0.05; done
url=$(sed -nE 's,.*(ws://[0-9.:]+/).*,\1,p' "$folder/server.log" | head -1)
wsinspect connect "$url" --replay input/yesterday.ndjson --speed 0 --diff "$@" > "$folder/client.log" 2> "$folder/client.err"
exit=$?
kill -INT $server
wait $server
grep -v '"type":"frame"' "$folder/client.log" | sed -E -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:9001/g' \
  -e 's/(Key",|"key":)"[^"]*"/\1"dGhlIHNhbXBsZSBub25jZQ=="/g' \
  -e 's/(Accept",|"accept":|"expectedAccept":)"[^"]*"/\1"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="/g' \
  -e 's/"(time|duration|endedAt)":[0-9.e+-]+/"\1":0.25/g'
cat "$folder/client.err" >&2
rm -r "$folder"
exit $exit
