# A server, a proxy with --json (and the options given) in front of it, and a conversation through both: what the proxy shows, levelled.
folder=$(mktemp -d)
: | tee "$folder/server.log" "$folder/proxy.log"
wsinspect serve 0 > "$folder/server.log" 2> /dev/null &
server=$!
while ! grep -q ws: "$folder/server.log"; do sleep 0.05; done
url=$(sed -nE 's,.*(ws://[0-9.:]+/).*,\1,p' "$folder/server.log" | head -1)
wsinspect proxy 0 "$url" --json "$@" > "$folder/proxy.log" &
proxy=$!
while ! grep -q ws: "$folder/proxy.log"; do sleep 0.05; done
near=$(sed -nE 's,.*"url":"([^"]*)".*,\1,p' "$folder/proxy.log" | head -1)
wsinspect connect "$near" -x hello -1 > /dev/null
kill -INT $proxy
wait $proxy
kill -INT $server
sed -E -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:9001/g' \
  -e 's/"(port|pid)":[0-9]+/"\1":9001/g' \
  -e 's/"maskingKey":"[^"]*"/"maskingKey":"37fa213d"/g' \
  -e 's/"(time|duration|endedAt)":[0-9.e+-]+/"\1":0.25/g' "$folder/proxy.log"
rm -r "$folder"
