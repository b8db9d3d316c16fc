#!/usr/bin/env bash
# start.sh FOLDER [PORT [CONTROLLER_PORT]]
#
# Runs a real single-node Apache Kafka on 127.0.0.1 in the foreground, from its published jars: Java 17 and Maven, no
# Docker. Its log outlives a kill, in FOLDER/log; FOLDER/own.properties, where there is one, is added to its settings.
# The jars are fetched once, into KAFKA_LIBS (default: .kafka/libs of this project).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "${1:?usage: start.sh FOLDER [PORT [CONTROLLER_PORT]]}"
folder=$(cd "$1" && pwd)
port=${2:-9092}
controller=${3:-$((port + 1))}
libs=${KAFKA_LIBS:-$here/../../.kafka/libs}

if [ ! -d "$libs" ]; then
  # Fetched beside its place and renamed into it, so that an interrupted download is not taken for a whole one.
  part=$libs.part.$$
  mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$part"
  mv -T "$part" "$libs" 2>/dev/null || mv "$part" "$libs" 2>/dev/null || [ -d "$libs" ]
fi

settings=$folder/server.properties
{
  cat "$here/server.properties"
  echo "controller.quorum.voters=1@127.0.0.1:$controller"
  echo "listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller"
  echo "advertised.listeners=PLAINTEXT://127.0.0.1:$port"
  echo "log.dirs=$folder/log"
  if [ -f "$folder/own.properties" ]; then cat "$folder/own.properties"; fi
} > "$settings"

java=(java -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$libs/*")
if [ ! -f "$folder/log/meta.properties" ]; then
  id=$("${java[@]}" kafka.tools.StorageTool random-uuid)
  "${java[@]}" kafka.tools.StorageTool format -t "$id" -c "$settings" > /dev/null
fi
exec "${java[@]}" -Xmx512m kafka.Kafka "$settings"
