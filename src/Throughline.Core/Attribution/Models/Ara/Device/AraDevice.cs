using System.Text.Json.Nodes;

namespace Throughline.Core.Attribution.Models.Ara;

/// <summary>
/// The Attribution Reporting API as a device keeps it for its apps and browsers. Beyond what a browser does an install may be
/// credited and keep others out, another network's source may be credited by a copy, data may be summed up in buckets, and debug
/// keys need proof that both sides know the user. Registrations come in order of time.
/// </summary>
public sealed partial class AraDevice(AraDeviceSettings settings)
{
    private readonly AraSettings shared = settings.Shared;
    private readonly AraSourceLimits limits = new(settings.Shared);
    private readonly List<AraSource> sources = [];
    private readonly List<AraDeviceReport> events = [];
    private readonly List<(AraReport Report, AraSource From, AraParty To)> aggregates = [];
    private readonly List<AraReport> reports = [];
    private readonly List<AraAttribution> attributions = [];

    /// <summary>Every report of what was registered, in the order of sending.</summary>
    public IReadOnlyList<AraReport> Finish() =>
        [
            .. events
                .Select(x => new AraReport(x.SendAt, x.Url(isDebug: false), x.Payload.DeepClone()))
                .Concat(aggregates.Select(x => x.Report))
                .Concat(reports)
                .OrderBy(x => x.Time),
        ];

    /// <summary>Registers a source.</summary>
    public void Register(AraSource source)
    {
        (string code, JsonNode? limit) = Refusal(source);
        if (code.Length == 0 && settings.HasScopes && AraScoping.IsOther(sources, source))
            return;
        bool isFull = false;
        if (code.Length == 0)
            (code, limit, isFull) = LimitRefusal(source);
        if (code.Length == 0)
        {
            code = "source-success";
            // What others did is not told: it looks like success.
            if (limits.MeetsHidden(source) is null && limits.OriginsOfReporter(source) == AraSourceLimits.Met.None)
            {
                AraScoping.Rescope(sources, source);
                sources.Add(source);
                limits.Add(source);
            }
        }
        if (source.WantsDebugReports && (source.HasDebugPermission || code == DestinationLimit))
            reports.Add(
                AraForms.Verbose(
                    source.Time,
                    source.ReportingOrigin,
                    [AraForms.SourceReason(source, code, limit, isFull ? shared.ActiveDestinationsMax : null)]
                )
            );
    }

    /// <summary>An app was installed (ms): of each reporter's sources that still may, the best is credited with it.</summary>
    public void Install(string app, long now)
    {
        bool IsCandidate(AraSource x) =>
            !x.IsIgnored
            && x.Destinations.Contains(app)
            && x.Time <= now
            && now < x.Time + x.Expiry
            && x.Device.ExclusivityWindow > 0
            && now <= x.Time + x.Device.InstallWindow;
        bool IsKept(string origin) =>
            settings.KeepsFirstInstall
            && sources.Any(x =>
                x.ReportingOrigin == origin
                && x.Destinations.Contains(app)
                && x.InstalledAt is { } before
                && now <= before + x.Device.ReinstallWindow
            );
        foreach (
            IGrouping<string, AraSource> reporter in sources.Where(IsCandidate).GroupBy(x => x.ReportingOrigin).ToList()
        )
            if (!IsKept(reporter.Key))
                Best(reporter).InstalledAt = now;
    }

    /// <summary>An app was taken off (ms): what it registered goes, and so does the credit for its install.</summary>
    public void Uninstall(string app, long now)
    {
        bool IsGone(AraParty party) => AppOf(party.Registrant) == app;
        sources.RemoveAll(x => IsGone(x.Device.Party));
        attributions.RemoveAll(x => IsGone(x.From.Device.Party) || IsGone(x.To));
        events.RemoveAll(x => x.SendAt > now && (IsGone(x.Source.Device.Party) || IsGone(x.To)));
        aggregates.RemoveAll(x => x.Report.Time > now && (IsGone(x.From.Device.Party) || IsGone(x.To)));
        if (!settings.KeepsFirstInstall)
            foreach (AraSource source in sources.Where(x => x.Destinations.Contains(app)))
                source.InstalledAt = null;
    }

    private static string AppOf(string registrant) =>
        registrant.StartsWith("android-app://", StringComparison.Ordinal) ? registrant : "android-app://" + registrant;

    private AraSource Best(IEnumerable<AraSource> candidates) =>
        candidates.OrderByDescending(x => x.Priority).ThenByDescending(x => x.Time).ThenBy(sources.IndexOf).First();
}
