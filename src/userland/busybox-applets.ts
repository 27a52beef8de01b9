/**
 * Which applets a build of busybox has, and where `--install` links them: folder to names. Recorded with `busybox --list-full`
 * of Debian 12's 1.35 and from the links of Alpine 3.20, whose 1.36 this is.
 */
const DEBIAN_1_35: Readonly<Record<string, string>> = {
  '': 'linuxrc',
  bin:
    'arch ash base64 busybox cat chgrp chmod chown cp cpio cttyhack date dd df dmesg dnsdomainname dumpkmap echo ' +
    'ed egrep false fatattr fgrep getopt grep gunzip gzip hostname ionice ipcalc kill link linux32 linux64 ln ' +
    'login ls lzop mkdir mknod mktemp more mount mt mv netstat nuke pidof ping ping6 ps pwd readlink resume rev ' +
    'rm rmdir rpm run-parts sed setpriv sh sleep stat stty su sync tar touch true umount uname uncompress usleep ' +
    'vi watch zcat',
  sbin:
    'acpid adjtimex arp blockdev depmod devmem fdisk findfs freeramdisk fstrim getty halt hwclock ifconfig ' +
    'ifdown ifup init insmod ip ipneigh klogd loadkmap logread losetup lsmod mdev mkdosfs mke2fs mkswap modinfo ' +
    'modprobe nameif pivot_root poweroff reboot rmmod route run-init start-stop-daemon sulogin swapoff swapon ' +
    'switch_root sysctl syslogd tc tunctl udhcpc uevent vconfig watchdog',
  'usr/bin':
    '[ [[ ar ascii awk basename bc blkdiscard bunzip2 bzcat bzip2 cal chvt clear cmp crc32 crontab cut dc ' +
    'deallocvt diff dirname dos2unix dpkg dpkg-deb du dumpleases env expand expr factor fallocate find fold free ' +
    'ftpget ftpput groups head hexdump hostid id killall last less logger logname lsscsi lzcat lzma md5sum ' +
    'microcom mkfifo mkpasswd nc nl nproc nsenter nslookup od openvt passwd paste patch printf realpath renice ' +
    'reset rpm2cpio seq setkeycodes setsid sha1sum sha256sum sha3sum sha512sum shred shuf sort ssl_client ' +
    'strings svc svok tac tail taskset tee telnet test tftp time timeout top tr traceroute traceroute6 truncate ' +
    'ts tty unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime uudecode uuencode w wc wget which who ' +
    'whoami xargs xxd xz xzcat yes',
  'usr/sbin':
    'arping brctl chroot crond fsfreeze httpd i2cdetect i2cdump i2cget i2cset i2ctransfer loadfont mim nologin ' +
    'partprobe rdate telnetd ubirename udhcpd',
};

const ALPINE_1_36: Readonly<Record<string, string>> = {
  bin:
    'arch ash base64 bbconfig busybox cat chattr chgrp chmod chown cp date dd df dmesg dnsdomainname dumpkmap ' +
    'echo egrep false fatattr fdflush fgrep fsync getopt grep gunzip gzip hostname ionice iostat ipcalc kbd_mode ' +
    'kill link linux32 linux64 ln login ls lsattr lzop makemime mkdir mknod mktemp more mount mountpoint mpstat ' +
    'mv netstat nice pidof ping ping6 pipe_progress printenv ps pwd reformime rev rm rmdir run-parts sed setpriv ' +
    'setserial sh sleep stat stty su sync tar touch true umount uname usleep watch zcat',
  sbin:
    'acpid adjtimex arp blkid blockdev depmod fbsplash fdisk findfs fsck fstrim getty halt hwclock ifconfig ' +
    'ifdown ifenslave ifup init insmod ip ipaddr iplink ipneigh iproute iprule iptunnel klogd loadkmap logread ' +
    'losetup lsmod mdev mkdosfs mkfs.vfat mkswap modinfo modprobe nameif nologin pivot_root poweroff raidautorun ' +
    'reboot rmmod route setconsole slattach swapoff swapon switch_root sysctl syslogd tunctl udhcpc vconfig ' +
    'watchdog zcip',
  'usr/bin':
    '[ [[ awk basename bc beep blkdiscard bunzip2 bzcat bzip2 cal chvt cksum clear cmp comm cpio crontab cryptpw ' +
    'cut dc deallocvt diff dirname dos2unix du eject env expand expr factor fallocate find flock fold free fuser ' +
    'getfattr groups hd head hexdump hostid id install ipcrm ipcs killall last less logger lsof lsusb lzcat lzma ' +
    'lzopcat md5sum mesg microcom mkfifo mkpasswd nc nl nmeter nohup nproc nsenter nslookup od openvt passwd ' +
    'paste pgrep pkill pmap printf pscan pstree pwdx readlink realpath renice reset resize seq setkeycodes ' +
    'setsid sha1sum sha256sum sha3sum sha512sum showkey shred shuf sort split strings sum tac tail tee test time ' +
    'timeout top tr traceroute traceroute6 tree truncate tsort tty ttysize udhcpc6 unexpand uniq unix2dos unlink ' +
    'unlzma unlzop unshare unxz unzip uptime uudecode uuencode vi vlock volname wc wget which who whoami whois ' +
    'xargs xxd xzcat yes',
  'usr/sbin':
    'add-shell addgroup adduser arping brctl chpasswd chroot crond delgroup deluser ether-wake fbset killall5 ' +
    'loadfont nanddump nandwrite nbd-client ntpd partprobe rdate rdev readahead remove-shell rfkill sendmail ' +
    'setfont setlogcons',
};

/** Paths (without the leading slash) of all applets of a version, by name. */
export function appletPaths(version: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  const folders = /^v?1\.3[0-5]/.test(version) ? DEBIAN_1_35 : ALPINE_1_36;
  for (const [folder, names] of Object.entries(folders))
    for (const name of names.split(' ')) out.set(name, folder === '' ? name : `${folder}/${name}`);
  return new Map([...out].sort(([a], [b]) => (a < b ? -1 : 1)));
}
