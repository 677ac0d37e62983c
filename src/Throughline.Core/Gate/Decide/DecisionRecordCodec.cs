using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Throughline.Core.Events;
using Throughline.Core.Gate.Challenges;
using Throughline.Core.Gate.Requests;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Gate.Decide;

/// <summary>
/// The stored form of decisions. Version 1, little-endian; <c>n</c> is a zig-zag varint, <c>text</c> is n bytes of UTF-8:
/// <code>
///  0  u8  version (1)    1  u8 kind    2  u64 edge    10  u64 start    18  u64 sequence
/// 26  u8  action    u8 cause    u8 flags (1 flagged, 2 response, 4 customer, 64 unit, 128 challenge)    u8 bot
///     n   version of the rules    n score    n deciding rule    n latency in us    n time    n knowledge
///     [response: n status, n bytes, u8 log-in failed (0 not known, 1 no, 2 yes)]
///     [customer: n age in ms, n conversions, n identifiers at the address]    [challenge: u8 outcome, u8 fault]    [unit of hold-outs: u8 kind, u64 high, u64 low]    n route    u64 visitor    u64 address key
///     n   counters of the version; of those that are not 0: n place + 1, then 0 = not known, 1 = n, 2 = u64 bits of a double; 0 ends
///     n   lists of the version; of those that the request is not out of: n place + 1, u8 membership; 0 ends
///     of features: u8 number, value; 0 ends.    of features that were cut: u8 number; 0 ends
///     n   matches; of each: n rule, u8 outcome (+ 16 enforced, + 32 quiet, + 64 held out), of errors and unknowns: text
/// </code>
/// </summary>
internal static class DecisionRecordCodec
{
    public const byte CurrentVersion = 1;
    private const int PartsMax = 100_000;
    private const int ErrorMax = 200;
    private const byte Flagged = 1;
    private const byte HasResponse = 2;
    private const byte HasCustomer = 4;
    private const byte HasChallenge = 128;
    private const byte HasUnit = 64;
    private const byte Enforced = 16;
    private const byte Quiet = 32;
    private const byte HeldOut = 64;

    public static void Write(
        IBufferWriter<byte> target,
        RecordKind kind,
        DecisionId id,
        GateModel model,
        GateInputs inputs,
        GateDecision decision,
        long latencyUs
    )
    {
        ModelUse use = model.Parts.Use;
        bool customer = use.Customer && inputs.Customer.Known;
        HoldoutUnit? unit = use.HoldsOut ? inputs.Unit : null;
        RecordWriter writer = new(target);
        writer.Byte(CurrentVersion);
        writer.Byte((byte)kind);
        writer.Word(id.Edge);
        writer.Word((ulong)id.Start);
        writer.Word((ulong)id.Sequence);
        writer.Byte((byte)decision.Action);
        writer.Byte((byte)decision.Cause);
        int flags =
            (decision.IsFlagged ? Flagged : 0)
            | (inputs.Response is null ? 0 : HasResponse)
            | (customer ? HasCustomer : 0)
            | (decision.Challenge == ChallengeOutcome.None ? 0 : HasChallenge)
            | (unit is null ? 0 : HasUnit);
        writer.Byte((byte)flags);
        writer.Byte((byte)inputs.Bot);
        writer.Number(decision.Version);
        writer.Number(decision.Score);
        writer.Number(decision.DecidingRule);
        writer.Number(latencyUs);
        writer.Number(inputs.Request.Time);
        writer.Number((int)inputs.Request.Knowledge);
        if (inputs.Response is { } response)
        {
            writer.Number(response.Status);
            writer.Number(response.Bytes);
            writer.Byte(
                response.LogInFailed switch
                {
                    null => 0,
                    false => 1,
                    true => 2,
                }
            );
        }
        if (customer)
        {
            writer.Number(inputs.Customer.AgeMs);
            writer.Number(inputs.Customer.Conversions);
            writer.Number(inputs.Customer.AddressIdentifiers);
        }
        if (decision.Challenge != ChallengeOutcome.None)
        {
            writer.Byte((byte)decision.Challenge);
            writer.Byte((byte)decision.Fault);
        }
        if (unit is { } held)
        {
            writer.Byte((byte)held.Kind);
            writer.Word(held.Name.High);
            writer.Word(held.Name.Low);
        }
        writer.Number(inputs.Route ?? model.RouteOf(inputs.Request));
        writer.Word(inputs.Visitor ?? ValueHash.Visitor(inputs.Request, key: default));
        writer.Word(inputs.AddressKey);
        WriteCounters(writer, use, inputs);
        WriteLists(writer, use, inputs);
        WriteFeatures(writer, use, inputs.Request);
        WriteMatches(writer, decision);
    }

    public static bool TryReadId(ReadOnlySpan<byte> bytes, out DecisionId id)
    {
        id = default;
        if (bytes.Length < 26 || bytes[0] != CurrentVersion)
            return false;
        RecordReader reader = new(bytes[2..]);
        id = new((uint)reader.Word(), (long)reader.Word(), (long)reader.Word());
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DecisionRecord? record)
    {
        record = null;
        if (!TryReadId(bytes, out DecisionId id))
            return false;
        try
        {
            RecordReader reader = new(bytes[26..]);
            record = Read((RecordKind)bytes[1], id, ref reader);
            return reader.IsAtEnd;
        }
        catch (InvalidDataException)
        {
            record = null;
            return false;
        }
    }

    private static DecisionRecord Read(RecordKind kind, DecisionId id, ref RecordReader reader)
    {
        GateInputs inputs = new();
        DecisionAction action = (DecisionAction)reader.Byte();
        DecisionCause cause = (DecisionCause)reader.Byte();
        byte flags = reader.Byte();
        inputs.Bot = (BotIdentity)reader.Byte();
        long version = reader.Number();
        int score = (int)reader.Number();
        int decider = (int)reader.Number();
        long latency = reader.Number();
        inputs.Request.Time = reader.Number();
        inputs.Request.Knowledge = (RequestKnowledge)reader.Number();
        if ((flags & HasResponse) != 0)
            inputs.Response = new ResponseFacts(
                (int)reader.Number(),
                reader.Number(),
                reader.Byte() switch
                {
                    0 => null,
                    1 => false,
                    _ => true,
                }
            );
        if ((flags & HasCustomer) != 0)
            inputs.Customer = new(true, reader.Number(), (int)reader.Number(), (int)reader.Number());
        bool hasChallenge = (flags & HasChallenge) != 0;
        ChallengeOutcome challenge = hasChallenge ? (ChallengeOutcome)reader.Byte() : ChallengeOutcome.None;
        ChallengeFault fault = hasChallenge ? (ChallengeFault)reader.Byte() : ChallengeFault.None;
        if ((flags & HasUnit) != 0)
            inputs.Unit = new((UnitKind)reader.Byte(), new(reader.Word(), reader.Word()));
        inputs.Route = reader.Count(PartsMax);
        inputs.Visitor = reader.Word();
        inputs.AddressKey = reader.Word();
        ReadCounters(ref reader, inputs);
        ReadLists(ref reader, inputs);
        List<string> cut = ReadFeatures(ref reader, inputs.Request);
        return new()
        {
            Kind = kind,
            Id = id,
            Version = version,
            Inputs = inputs,
            Action = action,
            Cause = cause,
            Score = score,
            DecidingRule = decider,
            IsFlagged = (flags & Flagged) != 0,
            LatencyUs = latency,
            Cut = cut,
            Challenge = challenge,
            Fault = fault,
            Matches = ReadMatches(ref reader),
        };
    }

    private static void WriteCounters(in RecordWriter writer, ModelUse use, GateInputs inputs)
    {
        writer.Number(inputs.Counters.Length);
        foreach (int place in use.Counters)
        {
            double value = place < inputs.Counters.Length ? inputs.Counters[place] : 0;
            if (value == 0)
                continue;
            writer.Number(place + 1);
            if (double.IsNaN(value))
            {
                writer.Byte(0);
            }
            else if (value == Math.Floor(value) && Math.Abs(value) < 1L << 53)
            {
                writer.Byte(1);
                writer.Number((long)value);
            }
            else
            {
                writer.Byte(2);
                writer.Word(BitConverter.DoubleToUInt64Bits(value));
            }
        }
        writer.Number(0);
    }

    private static void ReadCounters(ref RecordReader reader, GateInputs inputs)
    {
        inputs.Counters = new double[reader.Count(PartsMax)];
        for (int place; (place = reader.Count(inputs.Counters.Length)) != 0; )
            inputs.Counters[place - 1] = reader.Byte() switch
            {
                0 => double.NaN,
                1 => reader.Number(),
                _ => BitConverter.UInt64BitsToDouble(reader.Word()),
            };
    }

    private static void WriteLists(in RecordWriter writer, ModelUse use, GateInputs inputs)
    {
        writer.Number(inputs.Lists.Length);
        foreach (int place in use.Lists)
        {
            Membership membership = place < inputs.Lists.Length ? inputs.Lists[place] : Membership.Out;
            if (membership == Membership.Out)
                continue;
            writer.Number(place + 1);
            writer.Byte((byte)membership);
        }
        writer.Number(0);
    }

    private static void ReadLists(ref RecordReader reader, GateInputs inputs)
    {
        inputs.Lists = new Membership[reader.Count(PartsMax)];
        for (int place; (place = reader.Count(inputs.Lists.Length)) != 0; )
            inputs.Lists[place - 1] = (Membership)reader.Byte();
    }

    private static void WriteFeatures(in RecordWriter writer, ModelUse use, RequestFeatures request)
    {
        UInt128 cut = 0;
        foreach (Feature feature in use.Features)
        {
            if (feature.IsDefault(request))
                continue;
            writer.Byte(feature.Id);
            if (feature.Write(request, writer))
                cut |= UInt128.One << feature.Id;
        }
        writer.Byte(0);
        for (byte id = 1; cut != 0 && id < 128; id++)
            if ((cut >> id & 1) != 0)
                writer.Byte(id);
        writer.Byte(0);
    }

    private static List<string> ReadFeatures(ref RecordReader reader, RequestFeatures request)
    {
        for (byte id; (id = reader.Byte()) != 0; )
            (FeatureTable.Find(id) ?? throw RecordReader.Damaged()).Read(request, ref reader);
        List<string> cut = [];
        for (byte id; (id = reader.Byte()) != 0; )
            cut.Add((FeatureTable.Find(id) ?? throw RecordReader.Damaged()).Paths[0]);
        return cut;
    }

    private static void WriteMatches(in RecordWriter writer, GateDecision decision)
    {
        writer.Number(decision.Matches.Count);
        foreach (RuleMatch match in decision.Matches)
        {
            writer.Number(match.Rule);
            writer.Byte(
                (byte)(
                    (byte)match.Outcome
                    | (match.Enforced ? Enforced : 0)
                    | (match.Quiet ? Quiet : 0)
                    | (match.HeldOut ? HeldOut : 0)
                )
            );
            if (match.Outcome is not (MatchOutcome.Error or MatchOutcome.Unknown))
                continue;
            string error = match.Error ?? "";
            writer.Text(error.AsSpan(0, Math.Min(error.Length, ErrorMax)));
        }
    }

    private static RuleMatch[] ReadMatches(ref RecordReader reader)
    {
        RuleMatch[] matches = new RuleMatch[reader.Count(PartsMax)];
        for (int i = 0; i < matches.Length; i++)
        {
            int rule = reader.Count(PartsMax);
            byte bits = reader.Byte();
            MatchOutcome outcome = (MatchOutcome)(bits & 15);
            string? error = outcome is MatchOutcome.Error or MatchOutcome.Unknown ? reader.Text() : null;
            matches[i] = new(rule, outcome, (bits & Enforced) != 0, error, (bits & Quiet) != 0, (bits & HeldOut) != 0);
        }
        return matches;
    }
}
