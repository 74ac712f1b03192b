# How recordings begin: of a WebSocket over HTTP/2, of one that a HAR has, whose heads may lack headers, and of one without a handshake.
told=$(mktemp)
folder=$(mktemp -d)
wsinspect serve 0 --http2 > "$told" 2> /dev/null &
server=$!
until url=$(grep -o 'ws://[^ ]*' "$told"); do sleep 0.05; done
wsinspect connect "$url" --http2 --no-stdin -x hi "$@" --record "$folder/http2.ndjson" > /dev/null 2>&1
kill $server
wait $server
printf '%s' '[{"request":{"url":"ws://a/","headers":[]},"startedDateTime":"2026-01-02T03:04:05Z","_webSocketMessages":[]}]' \
  > "$folder/a.har"
wsinspect decode -q "$folder/a.har" --write "$folder/har.ndjson" > /dev/null 2>&1
printf '%s\n' '{"type":"opened","connection":0,"joined":true,"time":1}' \
  '{"type":"frame","direction":"server","time":1,"fin":true,"opcode":1,"payloadLength":2,"text":"hi"}' > "$folder/a.ndjson"
wsinspect decode -q "$folder/a.ndjson" --write "$folder/joined.ndjson" > /dev/null 2>&1
for name in http2 har joined; do
  head -n 1 "$folder/$name.ndjson" | sed -E -e 's/"time":[0-9.]+/"time":1/' -e 's/(127\.0\.0\.1:)[0-9]+/\19001/g'
done
rm -r "$told" "$folder"
