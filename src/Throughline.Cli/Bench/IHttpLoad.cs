using Throughline.Core.Gate.Requests;

namespace Throughline.Cli.Bench;

/// <summary>Sends requests of the mix over kept connections, as many as are answered.</summary>
internal interface IHttpLoad
{
    /// <summary>For the report.</summary>
    string Name { get; }

    /// <summary>Sends for a while.</summary>
    /// <param name="target">What each request asks for.</param>
    /// <exception cref="InvalidOperationException">Nothing was answered, or not by the server that is measured.</exception>
    Task<LoadAnswers> SendAsync(
        Uri address,
        GateMix mix,
        Func<EdgeRequest, string> target,
        int seconds,
        CancellationToken cancellation
    );
}

/// <summary>What a load was answered.</summary>
/// <param name="Count">Answers.</param>
/// <param name="PerSecond">Answers a second.</param>
internal readonly record struct LoadAnswers(long Count, double PerSecond);
