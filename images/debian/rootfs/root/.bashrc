# Read by interactive shells that are no login shells. /etc/profile and /etc/bash.bashrc have set the prompt.
