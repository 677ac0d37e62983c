using System.Text;
using Throughline.Core.Gate.Rules;

namespace Throughline.Core.Tests.Gate.Rules;

public sealed class GateJsonTests
{
    private static readonly GateDocument Whole = new()
    {
        Rules =
        [
            new()
            {
                Id = "a",
                When = "true",
                Phase = RulePhase.Response,
                Action = RuleAction.Deny,
                Score = -3,
                Tag = "t",
                Priority = 7,
                Mode = RuleMode.Draft,
                CanaryPercent = 0.1,
                Owner = "o",
                Reason = "r",
                ExpiresAt = 5,
                Routes = ["x", "y"],
                Denial = new(429, "b", "text/plain", 10),
                Difficulty = 4,
                AddToList = "l",
                ListForMs = 1,
                QuietMs = 2,
                Bot = true,
            },
        ],
        Counters =
        [
            new()
            {
                Name = "c",
                Key = ["request.ip"],
                Kind = CounterKind.DistinctBucket,
                WindowMs = 1,
                Where = "true",
                Of = "request.path",
                Phase = RulePhase.Response,
                LeakMs = 3,
                Capacity = 4,
            },
        ],
        Lists =
        [
            new()
            {
                Name = "l",
                Kind = ListKind.Contains,
                Of = "ua.text",
                Entries = [new("v", 9, "s", "r")],
            },
        ],
        Routes =
        [
            new()
            {
                Id = "x",
                Hosts = ["*.example.com"],
                PathPrefixes = ["/a"],
                OnFailure = FailPolicy.Closed,
                Record = RecordTiming.Sync,
                ChallengeScore = 1,
                DenyScore = 2,
                ChallengeUrl = "/c",
                ChallengeDifficulty = 3,
                Denial = new(404),
            },
        ],
    };

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        byte[] json = GateJson.Write(Whole);
        GateDocument? read = GateJson.Read(json, out GateIssue? issue);
        Assert.Null(issue);
        Assert.Equal(Encoding.UTF8.GetString(json), Encoding.UTF8.GetString(GateJson.Write(read!)));
        Assert.Contains("\"mode\":\"draft\"", Encoding.UTF8.GetString(json));
        Assert.Empty(GateDiff.Of(Whole, read!));
    }

    [Fact]
    public void Read_MembersLeftOut_HaveTheirDefaults()
    {
        GateDocument read = GateJson.Read("""{"rules":[{"id":"a","when":"true"}]}"""u8, out _)!;
        Assert.Equal(RuleMode.Enforce, read.Rules[0].Mode);
        Assert.Equal(600_000, read.Rules[0].ListForMs);
        Assert.Empty(read.Rules[0].Routes);
    }

    [Theory]
    [InlineData("""{"rules":[{"id":"a","when":"true","wen":1}]}""", "/rules/0/wen")]
    [InlineData("""{"rules":[{"id":"a","when":"true","mode":"enforced"}]}""", "/rules/0/mode")]
    [InlineData("""{"rules":[{"id":"a","when":"true","mode":3}]}""", "/rules/0/mode")]
    [InlineData("""{"rules":[{"id":"a"}]}""", "/rules/0")]
    [InlineData("""{"rules":null}""", "/rules")]
    [InlineData("""{"rules":[],"rules":[]}""", "/rules")]
    [InlineData("null", "")]
    [InlineData("{", "")]
    public void Read_NotOfTheForm_NamesThePlace(string json, string pointer)
    {
        Assert.Null(GateJson.Read(Encoding.UTF8.GetBytes(json), out GateIssue? issue));
        Assert.Equal(pointer, issue!.Path);
        Assert.NotEmpty(issue.Message);
    }

    [Fact]
    public void Diff_PartsComeGoChangeAndMove()
    {
        static RuleDocument Rule(string id, int priority = 0) =>
            new()
            {
                Id = id,
                When = "true",
                Priority = priority,
            };

        GateDocument from = new() { Rules = [Rule("a"), Rule("b"), Rule("c"), Rule("d")] };
        GateDocument to = new() { Rules = [Rule("b"), Rule("c", 5), Rule("a"), Rule("e")] };
        Assert.Equal(
            ["a Moved", "c Changed priority 0 5", "d Removed", "e Added"],
            GateDiff
                .Of(from, to)
                .Select(x =>
                    string.Join(
                        ' ',
                        [x.Id, x.Change.ToString(), .. x.Members.Select(m => $"{m.Member} {m.From} {m.To}")]
                    )
                )
        );
        Assert.Empty(GateDiff.Of(from, from));
    }
}
