using Throughline.Core.Gate.Rules;
using Throughline.Core.Tenant;
using Throughline.Storage.Log;

namespace Throughline.Server.Tenants;

/// <summary>
/// The published version that was last asked for, read from the log and compiled: explanations of many decisions mostly ask for the same. One thread.
/// </summary>
internal sealed class CompiledRules
{
    private GateVersion? last;
    private GateModel? model;

    /// <summary>How often a version had to be compiled.</summary>
    public int Compiled { get; private set; }

    /// <summary>The compiled version; null if it is not valid in this build.</summary>
    public GateModel? Of(ITenantLog log, GateVersion version)
    {
        if (last == version)
            return model;
        Compiled++;
        model = GateModel.Create(GateRecords.ReadRules(log, version.Position), version.Version, out _);
        last = version;
        return model;
    }
}
