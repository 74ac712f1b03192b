# A server on a port of its own, checked with these arguments; what hangs on time, port and chance is levelled.
folder=$(mktemp -d)
: > "$folder/server.log"
over=
case " $* " in *' --http2 '*) over=--http2 ;; esac
wsinspect serve 0 --json $over > "$folder/server.log" 2> /dev/null &
server=$!
while ! grep -q url "$folder/server.log"; do sleep 0.05; done
url=$(sed -E 's/.*"url":"([^"]*)".*/\1/' "$folder/server.log" | head -1)
wsinspect check "$url" --seed 1 "$@" > "$folder/checked.log"
exit=$?
kill -INT $server
sed -E -e 's/127\.0\.0\.1:[0-9]+/127.0.0.1:9001/g' \
  -e 's/"(duration|startedAt|time)":[0-9.e+-]+/"\1":0.25/g' \
  -e 's/"frames":"([^"\\]|\\.)*"/"frames":"…"/g' \
  -e 's/"hex":"[0-9a-f]*"/"hex":"00"/g' \
  -e 's/cases in [0-9.]+ s/cases in 0.3 s/' "$folder/checked.log"
rm -r "$folder"
exit $exit
