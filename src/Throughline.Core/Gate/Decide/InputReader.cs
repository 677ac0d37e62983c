using System.Diagnostics.CodeAnalysis;
using Throughline.Cel.Compile;
using Throughline.Cel.Library;
using Throughline.Cel.Values;
using Throughline.Core.Gate.Counters;
using Throughline.Core.Gate.Lists;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// Reads counters and lists into the inputs: counters of the phase count the request first. An expression that fails leaves its
/// counter or list unknown for this request, and counts nothing.
/// </summary>
internal sealed class InputReader(CounterBank bank, UInt128 hashKey)
{
    private readonly EvaluationScratch scratch = new(GateLimits.RunCostMax);
    private UInt128[] keys = [];
    private bool[] known = [];
    private double[] values = [];

    /// <summary>Reads all counters of a version.</summary>
    /// <param name="counting">Counters of this phase count the request; null: none does.</param>
    public void ReadCounters(BoundModel bound, GateInputs inputs, RulePhase? counting)
    {
        ModelParts model = bound.Model.Parts;
        HashKeys(model.Keys, inputs);
        if (values.Length < model.Counters.Length)
            values = new double[model.Counters.Length];
        for (int i = 0; i < model.Counters.Length; i++)
            values[i] = Read(model.Counters[i], bound.Counters[i], inputs, counting);
        if (inputs.Counters.Length != model.CounterPlaces.Length)
            inputs.Counters = new double[model.CounterPlaces.Length];
        for (int i = 0; i < model.CounterPlaces.Length; i++)
            inputs.Counters[i] = values[model.CounterPlaces[i]];
    }

    public void ReadLists(BoundModel bound, GateInputs inputs)
    {
        ListPlan[] plans = bound.Model.Parts.Lists;
        if (inputs.Lists.Length != plans.Length)
            inputs.Lists = new Membership[plans.Length];
        for (int i = 0; i < plans.Length; i++)
            inputs.Lists[i] = LookUp(plans[i], bound.Lists[i], inputs);
    }

    private void HashKeys(KeyPlan[] plans, GateInputs inputs)
    {
        if (keys.Length < plans.Length)
            (keys, known) = (new UInt128[plans.Length], new bool[plans.Length]);
        for (int i = 0; i < plans.Length; i++)
        {
            KeyHash hash = new(hashKey);
            known[i] = true;
            foreach (GateExpression part in plans[i].Parts)
                known[i] = known[i] && ValueHash.TryAdd(ref hash, ValueOf(part, inputs));
            keys[i] = hash.Finish();
        }
    }

    private double Read(CounterPlan plan, int place, GateInputs inputs, RulePhase? counting)
    {
        if (!known[plan.Key])
            return double.NaN;
        UInt128 key = keys[plan.Key];
        long time = inputs.Request.Time;
        if (plan.Phase != counting)
            return bank.Read(place, key, time);
        bool holds = true;
        if (plan.Where is not null)
        {
            Value where = ValueOf(plan.Where, inputs);
            if (!where.IsBool)
                return double.NaN;
            holds = where.Bool;
        }
        if (plan.Of is null)
            return holds || plan.Shape.Kind == CounterKind.Ratio
                ? bank.Add(place, key, time, holds, item: 0, amount: 0)
                : bank.Read(place, key, time);
        if (!holds)
            return bank.Read(place, key, time);
        Value of = ValueOf(plan.Of, inputs);
        if (plan.Shape.Kind == CounterKind.Sum)
        {
            double amount = NumberOf(of);
            return double.IsFinite(amount) ? bank.Add(place, key, time, holds, item: 0, amount) : double.NaN;
        }
        KeyHash hash = new(hashKey);
        return ValueHash.TryAdd(ref hash, of)
            ? bank.Add(place, key, time, holds, (ulong)hash.Finish(), amount: 0)
            : double.NaN;
    }

    private Membership LookUp(ListPlan plan, GateList list, GateInputs inputs)
    {
        long now = inputs.Request.Time;
        if (plan.Of is null)
            return inputs.Request.Address is { } client ? Of(list.Contains(client, now)) : Membership.Unknown;
        Value of = ValueOf(plan.Of, inputs);
        return of.Kind switch
        {
            ValueKind.String => Of(list.Contains(of.String, now)),
            ValueKind.Int => Of(list.Contains(of.Int, now)),
            ValueKind.Opaque when of.TryGet(out IpAddress? address) => Of(list.Contains(address, now)),
            _ => Membership.Unknown,
        };
    }

    [SuppressMessage(
        "Design",
        "CA1031:Do not catch general exception types",
        Justification = "An expression's failure, whatever it is, is that expression's result."
    )]
    private Value ValueOf(GateExpression expression, GateInputs inputs)
    {
        try
        {
            return expression.Compiled.EvaluateValue(inputs, scratch);
        }
        catch (Exception)
        {
            return Failed;
        }
    }

    private static readonly Value Failed = Value.Error("the expression failed");

    private static Membership Of(bool isIn) => isIn ? Membership.In : Membership.Out;

    private static double NumberOf(Value value) =>
        value.Kind switch
        {
            ValueKind.Int => value.Int,
            ValueKind.Uint => value.Uint,
            ValueKind.Double => value.Double,
            _ => double.NaN,
        };
}
