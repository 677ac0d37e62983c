using System.Runtime.InteropServices;

namespace Throughline.Cli.CommandLine;

/// <summary>
/// Turns Ctrl-C and SIGTERM into a cancelled token, so that a command ends its work cleanly; a second signal ends the
/// process at once.
/// </summary>
internal static class InterruptSource
{
    private static readonly CancellationTokenSource Source = new();

    private static readonly PosixSignalRegistration[] Registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
    ];

    public static CancellationToken Token => Registrations.Length > 0 ? Source.Token : default;

    private static void Handle(PosixSignalContext context)
    {
        if (Source.IsCancellationRequested)
            return;
        context.Cancel = true;
        Source.Cancel();
    }
}
