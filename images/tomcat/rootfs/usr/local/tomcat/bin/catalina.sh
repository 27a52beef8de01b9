#!/bin/sh
# Starts and stops Tomcat: run, start, stop, configtest, version.
CATALINA_HOME=${CATALINA_HOME:-/usr/local/tomcat}
CATALINA_BASE=${CATALINA_BASE:-$CATALINA_HOME}
CATALINA_TMPDIR=${CATALINA_TMPDIR:-$CATALINA_BASE/temp}
CATALINA_OUT=${CATALINA_OUT:-$CATALINA_BASE/logs/catalina.out}
if [ -r "$CATALINA_BASE/bin/setenv.sh" ]; then
	. "$CATALINA_BASE/bin/setenv.sh"
elif [ -r "$CATALINA_HOME/bin/setenv.sh" ]; then
	. "$CATALINA_HOME/bin/setenv.sh"
fi
JRE_HOME=${JRE_HOME:-$JAVA_HOME}
java=$JRE_HOME/bin/java
classpath=$CATALINA_HOME/bin/bootstrap.jar:$CATALINA_BASE/bin/tomcat-juli.jar
case ${TOMCAT_MAJOR:-10} in
	7 | 8) ;;
	*)
		JDK_JAVA_OPTIONS="$JDK_JAVA_OPTIONS --add-opens=java.base/java.lang=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED --add-opens=java.base/java.util=ALL-UNNAMED --add-opens=java.base/java.util.concurrent=ALL-UNNAMED --add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED"
		export JDK_JAVA_OPTIONS
		;;
esac

tell() {
	if [ -t 0 ]; then
		echo "Using CATALINA_BASE:   $CATALINA_BASE"
		echo "Using CATALINA_HOME:   $CATALINA_HOME"
		echo "Using CATALINA_TMPDIR: $CATALINA_TMPDIR"
		echo "Using JRE_HOME:        $JRE_HOME"
		echo "Using CLASSPATH:       $classpath"
		echo "Using CATALINA_OPTS:   $CATALINA_OPTS"
	fi
}

bootstrap() {
	set -- -classpath "$classpath" "-Dcatalina.base=$CATALINA_BASE" "-Dcatalina.home=$CATALINA_HOME" \
		"-Djava.io.tmpdir=$CATALINA_TMPDIR" org.apache.catalina.startup.Bootstrap "$@"
	# shellcheck disable=SC2086 # options are words
	exec "$java" "-Djava.util.logging.config.file=$CATALINA_BASE/conf/logging.properties" $JAVA_OPTS $CATALINA_OPTS "$@"
}

case $1 in
	run)
		shift
		tell
		bootstrap "$@" start
		;;
	start)
		shift
		tell
		touch "$CATALINA_OUT"
		(bootstrap "$@" start) >>"$CATALINA_OUT" 2>&1 </dev/null &
		echo 'Tomcat started.'
		;;
	stop)
		tell
		bootstrap stop
		;;
	configtest)
		tell
		bootstrap configtest
		;;
	version)
		exec "$java" -classpath "$CATALINA_HOME/lib/catalina.jar" org.apache.catalina.util.ServerInfo
		;;
	*)
		echo 'Usage: catalina.sh ( commands ... )'
		echo 'commands:'
		echo '  run               Tomcat in this window'
		echo '  start             Tomcat in the background'
		echo '  stop              Stop Tomcat'
		echo '  configtest        Read server.xml and say what is wrong'
		echo '  version           What version of Tomcat this is'
		exit 1
		;;
esac
