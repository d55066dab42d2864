#!/usr/bin/perl
# Runs on the host of an engine with a kernel of its own, and does there what the suite asks for.
#
#   agent.pl LINK ADDRESS ENGINE_PORT COMMAND_PORT
#
# LINK leads to the machine outside. It is put into a network namespace of its own, with ADDRESS, so that the engine and
# its host never see it. Two sockets listen in there. The engine inherits the one of ENGINE_PORT, as it would from systemd.
# Each connection to COMMAND_PORT is one order:
#
#   x or d, the number of words, and each word after its length (4 bytes, big-endian)
#
# x runs the words as a command. What follows are frames: a letter, a length, and as many bytes. The suite sends i (input)
# and c (its end); the agent sends o (output), e (errors) and at the end x (the exit status). A command whose connection
# ends is killed. d starts the words as the engine's daemon, and is done at once. So is w, which tells a copy of a machine
# the time, in seconds, and something to draw lots from: what was copied would draw the same.
use strict;
use warnings;
use POSIX ();
use Socket qw(inet_aton pack_sockaddr_in AF_INET SOCK_STREAM SOL_SOCKET SO_REUSEADDR SOMAXCONN IPPROTO_TCP TCP_NODELAY);

my ($link, $address, $engine_port, $command_port) = @ARGV;

# numbers of calls that perl has no names for, on x86-64, and CLONE_NEWNET
my ($unshare, $setns, $new_network) = (272, 308, 0x40000000);

$SIG{PIPE} = 'IGNORE';
open(my $host, '<', '/proc/self/ns/net') or die "no namespaces: $!";
syscall($unshare, $new_network) == 0 or die "no namespace of its own: $!";
if (!fork()) {
    go_to_host();
    exec('ip', 'link', 'set', $link, 'netns', getppid());
}
wait();
system('ip', 'link', 'set', 'lo', 'up');
system('ip', 'address', 'add', "$address/24", 'dev', $link);
system('ip', 'link', 'set', $link, 'up');
my $engine   = listening($engine_port);
my $commands = listening($command_port);
go_to_host();
print "the agent listens\n";

# nobody waits for those who serve; they wait for what they start
$SIG{CHLD} = 'IGNORE';
while (1) {
    accept(my $client, $commands) or next;
    if (!fork()) {
        $SIG{CHLD} = 'DEFAULT';
        serve($client);
        # whoever closes before all is read takes what was written with it
        shutdown($client, 1);
        1 while sysread($client, my $rest, 65536);
        POSIX::_exit(0);
    }
}

sub go_to_host {
    syscall($setns, fileno($host), $new_network) == 0 or die "no way back to the host: $!";
}

sub listening {
    my ($port) = @_;
    socket(my $socket, AF_INET, SOCK_STREAM, 0) or die "no socket: $!";
    setsockopt($socket, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($socket, pack_sockaddr_in($port, inet_aton($address))) or die "no port $port: $!";
    listen($socket, SOMAXCONN) or die "port $port: $!";
    return $socket;
}

sub serve {
    my ($client) = @_;
    setsockopt($client, IPPROTO_TCP, TCP_NODELAY, 1);
    my ($kind, $count) = unpack('aN', taken($client, 5));
    my @words = map { taken($client, unpack('N', taken($client, 4))) } 1 .. $count;
    if ($kind eq 'd') {
        start_daemon(@words);
        frame($client, 'x', 0);
    } elsif ($kind eq 'w') {
        wake(@words);
        frame($client, 'x', 0);
    } else {
        run_command($client, @words);
    }
}

# As many bytes as asked for. Whoever asked for less is gone.
sub taken {
    my ($client, $length) = @_;
    my $bytes = '';
    while (length($bytes) < $length) {
        sysread($client, $bytes, $length - length($bytes), length($bytes)) or POSIX::_exit(1);
    }
    return $bytes;
}

sub frame {
    my ($client, $kind, $bytes) = @_;
    put($client, pack('aN/a*', $kind, $bytes)) or POSIX::_exit(1);
}

sub put {
    my ($to, $bytes) = @_;
    for (my $done = 0; $done < length($bytes);) {
        $done += syswrite($to, $bytes, length($bytes) - $done, $done) || return 0;
    }
    return 1;
}

sub environment {
    return (PATH => $ENV{PATH}, HOME => '/root', LC_ALL => 'C', @_);
}

sub start_daemon {
    my (@words) = @_;
    return if fork();
    POSIX::setsid();
    POSIX::dup2(fileno($engine), 3);
    open(STDIN, '<', '/dev/null');
    open(STDOUT, '>>', '/dev/console');
    open(STDERR, '>&', \*STDOUT);
    %ENV = environment(TMPDIR => '/tmp', LISTEN_FDS => 1);
    exec { $words[0] } @words or POSIX::_exit(127);
}

# clock_settime(2) of CLOCK_REALTIME, and RNDRESEEDCRNG of random(4)
sub wake {
    my ($time, $chance) = @_;
    my $now = pack('qq', int($time), ($time - int($time)) * 1e9);
    syscall(227, 0, $now);
    open(my $random, '>', '/dev/urandom') or return;
    syswrite($random, $chance);
    ioctl($random, 0x5207, 0);
}

sub run_command {
    my ($client, @words) = @_;
    pipe(my $input, my $to) && pipe(my $from_output, my $output) && pipe(my $from_errors, my $errors) or POSIX::_exit(1);
    my $process = fork();
    if (!$process) {
        POSIX::setpgid(0, 0);
        my @ends = map { fileno($_) } $input, $output, $errors;
        POSIX::dup2($ends[$_], $_) for 0 .. 2;
        $SIG{PIPE} = 'DEFAULT';
        %ENV = environment();
        exec { $words[0] } @words or print STDERR "$words[0]: $!\n";
        POSIX::_exit(127);
    }
    close($_) for $input, $output, $errors;
    my %streams = (fileno($from_output) => ['o', $from_output], fileno($from_errors) => ['e', $from_errors]);
    my ($unread, $eager) = ('', 1);
    while (%streams) {
        my $ready = '';
        vec($ready, $_, 1) = 1 for fileno($client), keys %streams;
        next if select($ready, undef, undef, undef) < 0;
        if (vec($ready, fileno($client), 1)) {
            if (!sysread($client, $unread, 65536, length($unread))) {
                kill('KILL', -$process);
                POSIX::_exit(1);
            }
            while ($unread =~ /^([ic])(....)/s && length($unread) >= 5 + unpack('N', $2)) {
                my ($kind, $bytes) = unpack('aN/a*', $unread);
                substr($unread, 0, 5 + length($bytes), '');
                put($to, $bytes) if $eager && $kind eq 'i';
                close($to) if $eager && $kind eq 'c';
                $eager = 0 if $kind eq 'c';
            }
        }
        for my $descriptor (grep { vec($ready, $_, 1) } keys %streams) {
            my ($kind, $stream) = @{ $streams{$descriptor} };
            if (sysread($stream, my $bytes, 65536)) {
                frame($client, $kind, $bytes);
            } else {
                delete $streams{$descriptor};
            }
        }
    }
    waitpid($process, 0);
    frame($client, 'x', $? & 127 ? 128 + ($? & 127) : $? >> 8);
}
