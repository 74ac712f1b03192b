# A server (with the options given), and a conversation by polling with it; what hangs on time and port is levelled.
folder=$(mktemp -d)
: > "$folder/server.log"
wsinspect serve 0 --mode chat "$@" > "$folder/server.log" 2> /dev/null &
server=$!
while ! grep -q ws: "$folder/server.log"; do sleep 0.05; done
url=$(sed -nE 's,.*ws:(//[0-9.:]+).*,http:\1,p' "$folder/server.log")
ask() { curl -s -o /dev/null -A golden "$@"; }
ask -H 'Content-Type: application/json' -d '{"sender":"ada","msg":"hello"}' "$url/send"
ask "$url/poll?since=0"
ask "$url/long-poll?since=1&timeout=0.1"
ask "$url/poll?since=x"
kill -INT $server
wait $server
sed -E -e 's/[0-9]{2}(:[0-9]{2}){2}\.[0-9]+/12:00:00.000000/' \
  -e 's/[0-9.]+ (ms|µs)$/1.0 ms/' \
  -e 's/← [0-9]+ B/← 200 B/' \
  -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:9001/g' -e 's/token=[A-Za-z0-9_-]{32}/token=hD1mC0bYFvV4yq0VhM3nqYwPfi2gU5Zk/' \
  -e 's/"(port|pid)":[0-9]+/"\1":9001/g' \
  -e 's/"responseBytes":[0-9]+/"responseBytes":200/' \
  -e 's/"requestBytes":[0-9]+/"requestBytes":100/' -e 's/→ [0-9]+ B/→ 100 B/' \
  -e 's/"(time|duration)":[0-9.e+-]+/"\1":0.25/g' "$folder/server.log"
rm -r "$folder"
