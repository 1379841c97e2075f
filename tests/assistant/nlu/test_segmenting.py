"""Chinese cut by jieba with words of one's own, and in two ways at once."""

import jieba
import pytest

from assistant.nlu.segmenting import Segmenter, TwofoldSegmenter

TEXTS = ["我想买一双防水登山鞋", "请问运费多少，包邮吗？1001号订单", "丁丹买了iPhone 15和小米", "鞋", "", "hello there"]


@pytest.mark.parametrize("text", TEXTS)
def test_both_ways_are_those_of_jieba(text):
    segmenter = TwofoldSegmenter()
    for _ in range(2):
        assert segmenter.cut_both(text) == (list(jieba.cut(text, HMM=False)), list(jieba.cut(text)))


def test_a_word_that_was_added_is_not_cut_and_nobody_else_knows_it():
    assert list(Segmenter(["包邮吗多少"]).cut("包邮吗多少")) == ["包邮吗多少"]
    assert list(Segmenter().cut("包邮吗多少")) == list(jieba.cut("包邮吗多少")) != ["包邮吗多少"]
